import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const platform = 'plat_01kfr3p8f1h3k5n7q9t2w4y6ac'
const PlatformData = z.object({ platformId: EventId })
const example = { platformId: platform }
const links = { platform: '/api/v1/lti/platforms/:platformId' } as const

const GradeData = z.object({ deliveryId: EventId, attemptId: EventId, platformId: EventId })
const gradeExample = {
  deliveryId: 'score_01kfr3q1b4d6g8j0m2p5r7t9vx',
  attemptId: 'att_01kfr3m7x2n6p9s1w4y8c0e3gh',
  platformId: platform,
}
const gradeLinks = { attempt: '/api/v1/attempts/:attemptId', ...links } as const

export const ltiEvents = describeEvents({
  'lti.platform.created': {
    title: 'LMS registered',
    description: 'A learning platform was registered with this organisation.',
    schema: PlatformData,
    example,
    personalData: false,
    subject: 'platformId',
    links,
  },
  'lti.platform.updated': {
    title: 'LMS registration changed',
    description: 'The registration of a learning platform was changed.',
    schema: PlatformData,
    example,
    personalData: false,
    subject: 'platformId',
    links,
  },
  'lti.platform.deleted': {
    title: 'LMS removed',
    description: 'A learning platform was removed; its launches are refused from now on.',
    schema: PlatformData,
    example,
    personalData: false,
    subject: 'platformId',
    links: {},
  },
  'lti.deep_link.created': {
    title: 'Content placed in a course',
    description: 'A teacher chose items by deep linking and the platform was told.',
    schema: z.object({ platformId: EventId, itemIds: z.array(EventId) }),
    example: { platformId: platform, itemIds: ['itm_01kfr3m2c4q8x0v5n7t9b1d6ze'] },
    personalData: false,
    subject: 'platformId',
    links,
  },
  'grade.sent': {
    title: 'Grade sent',
    description: 'A score reached the gradebook of the learning platform.',
    schema: GradeData,
    example: gradeExample,
    personalData: true,
    subject: 'attemptId',
    links: gradeLinks,
  },
  'grade.refused': {
    title: 'Grade refused',
    description:
      'A score could not be delivered to the gradebook and is not tried again by itself.',
    schema: GradeData.extend({ reason: z.string().max(500) }),
    example: { ...gradeExample, reason: 'The registration of the LMS has been removed' },
    personalData: true,
    subject: 'attemptId',
    links: gradeLinks,
  },
})
