import { ConnectorError, defineConnector } from '../../connector-kit/index.ts'
import { classwork } from './classwork.ts'
import { clientOf } from './client.ts'
import { faultOf } from './fault.ts'
import { pushGrade } from './grades.ts'
import { authorizationUrl, exchange, refresh } from './oauth.ts'
import { listCourses, pullCourses } from './pull-courses.ts'
import { receiveEvent } from './receive-event.ts'
import { registerForNews } from './registrations.ts'
import { scopes } from './scopes.ts'
import { type ClassroomContext, config, credentials } from './settings.ts'

export const connector = defineConnector({
  id: 'google-classroom',
  name: 'Google Classroom',
  kind: 'lms',
  summary:
    'Reads courses and who teaches and learns in them, once an administrator or a teacher has consented.',
  config,
  credentials,
  base: ({ config: { url, tokenUrl, keysUrl }, accessToken }) => ({
    url,
    alsoAt: [tokenUrl, keysUrl],
    ...(accessToken !== undefined && { headers: { authorization: `Bearer ${accessToken}` } }),
  }),
  looksWrong: faultOf,
  oauth: { authorizationUrl, exchange, refresh, scopes },
  classwork,
  addresses: [
    { title: 'Redirect address, for activities in Classroom', path: '/classroom/callback' },
    { title: 'Attachment setup address of the add-on', path: '/classroom/:id/discovery' },
    { title: 'For teachers: publish activities', path: '/classroom/:id/publish' },
  ],
  capabilities: {
    courses: { pull: pullCourses },
    grades: { push: pushGrade },
    webhook: { receive: receiveEvent, subscribe: registerForNews },
  },
  async health(ctx) {
    const { courses } = await listCourses(ctx, undefined, 1)
    const { data } = await (await clientOf(ctx)).userProfiles.get({ userId: 'me' })
    const name = data.name?.fullName ?? 'somebody without a name'
    return { detail: `${name} sees ${courses.taken.length === 0 ? 'no courses' : 'courses'}` }
  },
  synthetic: {
    courses: {
      title: 'List a few courses',
      async run(ctx) {
        const { courses } = await listCourses(ctx, undefined, 10)
        return `${courses.taken.length} courses on the first page`
      },
    },
    guardians: { title: 'Ask for guardians', run: askForGuardians },
  },
  setup: 'docs/connectors/google-classroom.md',
})

/** Whether guardians may be read; that they may not is a choice of the domain, not a fault. Nobody is kept. */
async function askForGuardians(ctx: ClassroomContext): Promise<string> {
  if (!ctx.config.guardians) return 'Not asked for: guardians are switched off in the settings'
  try {
    const client = await clientOf(ctx)
    const { data } = await client.userProfiles.guardians.list({ studentId: '-', pageSize: 10 })
    return `${(data.guardians ?? []).length} guardians on the first page`
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'forbidden') throw error
    return 'The domain does not let guardians be read'
  }
}
