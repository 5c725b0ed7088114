import { z } from 'zod'
import type { ConnectorContext } from '../../connector-kit/index.ts'

export const config = z.object({
  url: z.url().meta({
    title: 'Service address',
    description:
      'Where the rostering service begins; it usually ends with /ims/oneroster/rostering/v1p2.',
    placeholder: 'https://sis.example.school/ims/oneroster/rostering/v1p2',
  }),
  tokenUrl: z.url().meta({
    title: 'Token address',
    description:
      'Where access tokens are fetched; the other system shows it beside client ID and secret.',
    placeholder: 'https://sis.example.school/oauth/token',
  }),
  scope: z
    .enum(['roster-core.readonly', 'roster.readonly'])
    .default('roster-core.readonly')
    .meta({
      title: 'Right to ask for',
      description: 'The smaller one is enough; some systems only know the larger one.',
      choices: { 'roster-core.readonly': 'Roster core', 'roster.readonly': 'Whole roster' },
    }),
  pageSize: z.int().min(10).max(10_000).default(1000).meta({
    title: 'Records per request',
    description: 'Enter less if the other system is slow or refuses large requests.',
  }),
})

export const credentials = z.object({
  clientId: z.string().trim().min(1).max(300).meta({
    title: 'Client ID',
    description: 'From the page on which the other system lists its applications or API clients.',
  }),
  clientSecret: z.string().min(1).max(1000).meta({
    title: 'Client secret',
    description: 'Shown there once, when the application is added.',
    secret: true,
  }),
})

export type OneRosterContext = ConnectorContext<
  z.output<typeof config>,
  z.output<typeof credentials>
>
