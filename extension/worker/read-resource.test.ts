import { describe, expect, it } from 'vitest'
import { readResourcePage } from './read-resource.ts'

const resource = {
  id: 'res_1',
  name: 'Paired reading',
  description: 'At home.',
  learningResourceType: 'activity',
  educationalLevel: 'Key Stage 1',
  about: ['Reading'],
  timeRequiredMinutes: 20,
  content: [
    { type: 'heading', text: 'How' },
    { type: 'list', ordered: true, entries: ['Sit', 'Read'] },
  ],
  license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
  attribution: 'Harbour Learning Trust',
  inLanguage: 'en-GB',
  launchUrl: 'https://connect.example.sch.uk/lti/res_1',
  shareUrl: 'https://connect.example.sch.uk/share/res_1',
}
const pageOf = (...data: unknown[]) => readResourcePage({ data, nextCursor: 'c2' })

describe('readResourcePage', () => {
  it('keeps what the panel shows and leaves the rest', () => {
    const [read] = pageOf(resource).data

    expect(read).toEqual({
      id: 'res_1',
      name: 'Paired reading',
      description: 'At home.',
      kind: 'activity',
      educationalLevel: 'Key Stage 1',
      about: ['Reading'],
      timeRequiredMinutes: 20,
      content: resource.content,
      license: resource.license,
      attribution: 'Harbour Learning Trust',
      language: 'en-GB',
      shareUrl: resource.shareUrl,
    })
  })

  it('leaves out what cannot be shared, and keeps its neighbours', () => {
    const broken = [null, 'x', { ...resource, name: '' }, { ...resource, shareUrl: undefined }]

    expect(pageOf(...broken, resource).data.map(({ id }) => id)).toEqual(['res_1'])
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'chrome://settings', '/relative'])(
    'follows no link to %s',
    (url) => {
      const [read] = pageOf({ ...resource, license: { name: 'Odd', url } }).data

      expect(read?.license).toEqual({ name: 'Odd', url: null })
      expect(pageOf({ ...resource, shareUrl: url }).data).toEqual([])
    },
  )

  it('reads content of kinds it does not know as nothing', () => {
    const content = [{ type: 'script', text: 'x' }, { type: 'paragraph', text: 'y' }, 7]

    expect(pageOf({ ...resource, content }).data[0]?.content).toEqual([
      { type: 'paragraph', text: 'y' },
    ])
  })

  it.each([undefined, null, 'nonsense', { data: 'x' }])('reads %j as an empty page', (value) => {
    expect(readResourcePage(value)).toEqual({ data: [], nextCursor: null })
  })
})
