import { z } from 'zod'
import { defineConnector } from '../../connector-kit/index.ts'
import { call } from './call.ts'
import { faultOf } from './fault.ts'
import { listCourses, pullCourses } from './pull-courses.ts'
import { receiveEvent } from './receive-event.ts'
import { SiteInfo } from './schema.ts'

export const connector = defineConnector({
  id: 'moodle',
  name: 'Moodle',
  kind: 'lms',
  summary: 'Reads courses and who teaches and learns in them through Moodle’s web services.',
  config: z.object({
    url: z.url().meta({
      title: 'Site address',
      description: 'The address at which people open Moodle, without /login or /my.',
      placeholder: 'https://moodle.example.school',
    }),
    structure: z.boolean().default(true).meta({
      title: 'Groups and assignment dates',
      description:
        'Also read the groups of courses and when assignments and quizzes are due. The service must hold all functions of the guide.',
    }),
  }),
  credentials: z.object({
    token: z.string().trim().min(1).max(200).meta({
      title: 'Web service token',
      description: 'From Site administration, Server, Web services, Manage tokens.',
      secret: true,
    }),
    webhookSecret: z.string().trim().min(16).max(200).optional().meta({
      title: 'Secret for events',
      description:
        'What a Moodle plugin sends along with events, so that changes are known at once. Leave it empty where none are sent.',
      secret: true,
    }),
  }),
  base: ({ config }) => ({ url: config.url }),
  looksWrong: faultOf,
  capabilities: {
    courses: { pull: pullCourses },
    webhook: { receive: receiveEvent },
  },
  async health(ctx) {
    const { sitename, release } = await call(ctx, 'core_webservice_get_site_info', SiteInfo)
    return { detail: sitename, version: release }
  },
  synthetic: {
    courses: {
      title: 'List the courses',
      async run(ctx) {
        const { taken, refused } = await listCourses(ctx)
        return `${taken.length} courses, ${refused.length} that cannot be taken over`
      },
    },
  },
  setup: 'docs/connectors/moodle.md',
})
