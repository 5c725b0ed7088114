import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const schema = z.object({ onboardedTenantId: EventId })
const example = { onboardedTenantId: 'ten_01kfr3rd2f4h6k8n0q3t5w7yab' }
const links = { onboarding: '/api/v1/tenants/:onboardedTenantId/onboarding' } as const
const shape = {
  schema,
  example,
  links,
  personalData: false,
  subject: 'onboardedTenantId',
} as const

export const onboardingEvents = describeEvents({
  'onboarding.begun': {
    ...shape,
    title: 'Setting up begun',
    description: 'Somebody began to set up the organisation.',
  },
  'onboarding.completed': {
    ...shape,
    title: 'Setting up completed',
    description: 'Every step of setting up the organisation is done or was left out on purpose.',
  },
})
