import { z } from 'zod'
import type { ConnectorContext } from '../../connector-kit/index.ts'

export const config = z.object({
  url: z.url().meta({
    title: 'Blackboard address',
    description: 'The address at which people open Blackboard Learn, without /ultra.',
    placeholder: 'https://blackboard.example.school',
  }),
  structure: z.boolean().default(true).meta({
    title: 'Groups and due dates',
    description:
      'Also read the groups of courses and when columns of the gradebook are due. It takes four requests a course in place of one, out of the daily limit of the application.',
  }),
})

export const credentials = z.object({
  applicationKey: z.string().trim().min(1).max(200).meta({
    title: 'Application key',
    description: 'From the developer portal, shown once when the application is registered.',
    secret: true,
  }),
  applicationSecret: z.string().trim().min(1).max(300).meta({
    title: 'Application secret',
    description: 'Shown beside the key, once.',
    secret: true,
  }),
})

export type BlackboardContext = ConnectorContext<
  z.output<typeof config>,
  z.output<typeof credentials>
>
