import type { Resource } from '../../../shared/api/resources.ts'

const at = '2026-11-23T09:00:00.000Z'

/** A resource with text of its own. */
export const guidance: Resource = {
  id: 'res_1',
  name: 'Supporting working memory',
  description: 'Six small changes for the classroom.',
  learningResourceType: 'guidance',
  educationalLevel: 'Key Stage 2',
  about: ['Working memory', 'SEND'],
  timeRequiredMinutes: 20,
  url: null,
  content: [
    { type: 'heading', text: 'Why it matters' },
    { type: 'paragraph', text: 'It holds a few things at once. <b>Not markup</b>' },
    { type: 'list', ordered: true, entries: ['One step at a time', 'Steps stay visible'] },
  ],
  license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
  attribution: 'Example Educational Psychology Service, 2026',
  inLanguage: 'en-GB',
  launchUrl: 'https://connect.example/lti/resources/res_1',
  shareUrl: 'https://connect.example/r/res_1',
  createdAt: at,
  updatedAt: at,
}

/** A resource that lives elsewhere. */
export const numberLine: Resource = {
  ...guidance,
  id: 'res_2',
  name: 'Number line explorer',
  learningResourceType: 'activity',
  url: 'https://maths.example/number-line',
  content: [],
  license: { name: 'All rights reserved', url: null },
}
