import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const schema = z.object({ offboardingId: EventId, leavingTenantId: EventId })
const example = {
  offboardingId: 'off_01kfr3x8m1p3r5t7w9y2b4d6fh',
  leavingTenantId: 'ten_01kfr3rd2f4h6k8n0q3t5w7yab',
}
const links = { offboarding: '/api/v1/offboardings/:offboardingId' } as const
const shape = { schema, example, links, personalData: false, subject: 'leavingTenantId' } as const

export const offboardingEvents = describeEvents({
  'offboarding.requested': {
    ...shape,
    title: 'Organisation is to leave',
    description: 'An organisation below this one is to be exported and then deleted.',
  },
  'offboarding.cancelled': {
    ...shape,
    title: 'Organisation stays',
    description: 'An organisation that was to leave stays.',
  },
  'offboarding.completed': {
    ...shape,
    title: 'Organisation deleted',
    description:
      'Everything of an organisation that left has been deleted; the certificate is there.',
  },
})
