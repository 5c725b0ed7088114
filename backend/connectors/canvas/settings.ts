import { z } from 'zod'
import type { ConnectorContext } from '../../connector-kit/index.ts'

export const config = z.object({
  url: z.url().meta({
    title: 'Canvas address',
    description: 'The address at which people open Canvas.',
    placeholder: 'https://example.instructure.com',
  }),
  account: z
    .string()
    .trim()
    .regex(/^(self|[\w~:]{1,100})$/)
    .default('self')
    .meta({
      title: 'Account',
      description:
        'The number of the sub-account whose courses are read, as its address shows it; “self” for all.',
    }),
  structure: z.boolean().default(true).meta({
    title: 'Sections, groups and assignment dates',
    description:
      'Also read the sections and groups of courses and when assignments are due. The developer key must hold all scopes of the guide.',
  }),
  liveEventsKeys: z.url().optional().meta({
    title: 'Address of the Live Events keys',
    description:
      'Where Canvas publishes the keys that sign its Live Events. Leave it empty where none are sent here.',
    placeholder: 'https://example.com/jwks',
  }),
  liveEventsAccount: z.string().trim().min(10).max(100).optional().meta({
    title: 'Identifier of the root account',
    description:
      'The root_account_uuid that events of your Canvas carry: with it, signed events of other customers of Canvas are refused. Leave it empty where no events are sent.',
  }),
})

export const credentials = z.object({
  clientId: z.string().trim().min(1).max(100).meta({
    title: 'Client ID of the developer key',
    description: 'The long number in the column Details, under Admin, Developer keys.',
  }),
  clientSecret: z.string().trim().min(1).max(300).meta({
    title: 'Key of the developer key',
    description: 'Appears behind “Show key” in the same place.',
    secret: true,
  }),
})

export type CanvasContext = ConnectorContext<z.output<typeof config>, z.output<typeof credentials>>
