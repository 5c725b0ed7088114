import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

export const settingsEvents = describeEvents({
  'settings.changed': {
    title: 'Settings changed',
    description:
      'Settings of this organisation were changed, or handed back to the organisation above. Organisations below may inherit the change.',
    schema: z.object({ tenantId: EventId, keys: z.array(z.string().max(64)).max(100) }),
    example: { tenantId: 'ten_01kfr3rd2f4h6k8n0q3t5w7yab', keys: ['branding.colour'] },
    personalData: false,
    subject: 'tenantId',
    links: { settings: '/api/v1/settings' },
  },
})
