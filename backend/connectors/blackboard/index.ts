import { defineConnector } from '../../connector-kit/index.ts'
import { faultOf } from './fault.ts'
import { listCourses, pullCourses } from './pull-courses.ts'
import { Version } from './schema.ts'
import { config, credentials } from './settings.ts'
import { fetchToken } from './token.ts'

export const connector = defineConnector({
  id: 'blackboard',
  name: 'Blackboard Learn',
  kind: 'lms',
  summary: 'Reads courses, who teaches and learns in them, groups and due dates through REST.',
  config,
  credentials,
  base: ({ config: { url }, accessToken }) => ({
    url,
    ...(accessToken !== undefined && { headers: { authorization: `Bearer ${accessToken}` } }),
  }),
  looksWrong: faultOf,
  token: { fetch: fetchToken },
  capabilities: { courses: { pull: pullCourses } },
  async health(ctx) {
    const { learn } = await ctx.http.get('learn/api/public/v1/system/version', Version)
    // The version is told to anybody.
    await listCourses(ctx, undefined, 1)
    return { version: `${learn.major}.${learn.minor}.${learn.patch}` }
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
  setup: 'docs/connectors/blackboard.md',
})
