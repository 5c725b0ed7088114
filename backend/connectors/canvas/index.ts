import { defineConnector } from '../../connector-kit/index.ts'
import { faultOf } from './fault.ts'
import { authorizationUrl, exchange, refresh, scopes } from './oauth.ts'
import { listCourses, pullCourses } from './pull-courses.ts'
import { receiveEvent } from './receive-event.ts'
import { Self } from './schema.ts'
import { config, credentials } from './settings.ts'

export const connector = defineConnector({
  id: 'canvas',
  name: 'Canvas',
  kind: 'lms',
  summary: 'Reads courses and who teaches and learns in them, once an administrator has consented.',
  config,
  credentials,
  base: ({ config: { url, liveEventsKeys }, accessToken }) => ({
    url,
    ...(liveEventsKeys !== undefined && { alsoAt: [liveEventsKeys] }),
    headers: {
      // Canvas numbers can be larger than JavaScript can count.
      accept: 'application/json+canvas-string-ids',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
  }),
  looksWrong: faultOf,
  oauth: { authorizationUrl, exchange, refresh, scopes },
  capabilities: {
    courses: { pull: pullCourses },
    webhook: { receive: receiveEvent },
  },
  async health({ http }) {
    const { name } = await http.get('api/v1/users/self', Self)
    return { detail: name }
  },
  synthetic: {
    courses: {
      title: 'List a few courses',
      async run(ctx) {
        const { courses } = await listCourses(ctx, undefined, 10)
        return `${courses.taken.length} courses on the first page`
      },
    },
  },
  setup: 'docs/connectors/canvas.md',
})
