import { defineConnector } from '../../connector-kit/index.ts'
import { faultOf } from './fault.ts'
import { pullRoster } from './pull-roster.ts'
import { readCollection } from './read-collection.ts'
import { config, credentials } from './settings.ts'
import { fetchToken } from './token.ts'

export const connector = defineConnector({
  id: 'oneroster',
  name: 'OneRoster 1.2',
  kind: 'sis',
  summary:
    'Reads schools, terms, classes, people and enrolments from any system that offers OneRoster 1.2 rostering.',
  config,
  credentials,
  base: ({ config: { url, tokenUrl }, accessToken }) => ({
    url,
    alsoAt: [tokenUrl],
    ...(accessToken !== undefined && { headers: { authorization: `Bearer ${accessToken}` } }),
  }),
  looksWrong: faultOf,
  token: { fetch: fetchToken },
  capabilities: { roster: { pull: pullRoster } },
  async health(ctx) {
    const { total } = await readCollection(ctx, 'orgs', { offset: 0, limit: 1 })
    return total === undefined ? undefined : { detail: `${total} organisations` }
  },
  synthetic: {
    people: {
      title: 'Read five people',
      async run(ctx) {
        const { total } = await readCollection(ctx, 'users', { offset: 0, limit: 5 })
        return total === undefined ? undefined : `${total} people in all`
      },
    },
  },
  setup: 'docs/connectors/oneroster.md',
})
