import { z } from 'zod'
import type { ConnectorContext } from '../../connector-kit/index.ts'

export const config = z.object({
  courses: z.enum(['domain', 'mine']).default('domain').meta({
    title: 'Courses',
    description:
      '“domain” reads all courses that an administrator of the Workspace domain sees; “mine” those that the person who consents teaches.',
  }),
  emails: z.boolean().default(true).meta({
    title: 'E-mail addresses',
    description: 'Also read the addresses of teachers and learners, to recognise them.',
  }),
  courseWork: z.boolean().default(true).meta({
    title: 'Assignment dates',
    description: 'Also read what is set in each course and when it is due.',
  }),
  grades: z.boolean().default(false).meta({
    title: 'Grades',
    description:
      'Send grades for tasks that EdPsych Connect made in Classroom. Authorise again after you switch it on: Google asks for the further right.',
  }),
  guardians: z.boolean().default(false).meta({
    title: 'Guardians',
    description:
      'Check whether your domain lets guardians be read. Authorise again after you switch it on.',
  }),
  topic: z
    .string()
    .trim()
    .regex(/^projects\/[a-z0-9.:-]{1,100}\/topics\/[\w.~+%-]{1,255}$/)
    .optional()
    .meta({
      title: 'Pub/Sub topic',
      description:
        'Where Classroom says what changed, as the Cloud console shows it. Leave it empty to have everything read once a day.',
      placeholder: 'projects/my-school/topics/classroom',
    }),
  pushAccount: z.email().optional().meta({
    title: 'Service account of the push subscription',
    description: 'The account whose identity Pub/Sub sends with each message.',
    placeholder: 'push@my-school.iam.gserviceaccount.com',
  }),
  url: z.url().default('https://classroom.googleapis.com').meta({
    title: 'Classroom API',
    description: 'Leave it as it is; another address is for trying things out.',
  }),
  webUrl: z.url().default('https://classroom.google.com').meta({
    title: 'Classroom',
    description:
      'Where people see Classroom: our pages may stand in frames there and nowhere else.',
  }),
  authorisationUrl: z.url().default('https://accounts.google.com/o/oauth2/v2/auth').meta({
    title: 'Authorisation address',
    description: 'Google’s page on which people consent.',
  }),
  tokenUrl: z.url().default('https://oauth2.googleapis.com/token').meta({
    title: 'Token address',
    description: 'Where Google hands out tokens.',
  }),
  keysUrl: z.url().default('https://www.googleapis.com/oauth2/v3/certs').meta({
    title: 'Keys of Google',
    description: 'With these Google signs who sends a message.',
  }),
  issuer: z.url().default('https://accounts.google.com').meta({
    title: 'Issuer',
    description: 'How Google names itself in what it signs.',
  }),
})

export const credentials = z.object({
  clientId: z.string().trim().min(1).max(200).meta({
    title: 'Client ID',
    description: 'Of the OAuth client for a web application, in the Cloud console.',
  }),
  clientSecret: z.string().trim().min(1).max(300).meta({
    title: 'Client secret',
    description: 'Beside it in the same place.',
    secret: true,
  }),
})

export type ClassroomConfig = z.output<typeof config>
export type ClassroomContext = ConnectorContext<ClassroomConfig, z.output<typeof credentials>>
