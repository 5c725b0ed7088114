import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type PlanName, planNames } from '../shared/plans.ts'
import type { Settings } from './core/settings.ts'

const flag = z.enum(['0', '1']).transform((text) => text === '1')

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '')
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (URL.canParse(`http://${text}`) && /^[a-z\d._-]+$/i.test(text))
}

function isMasterKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32
}

const variables = {
  PORT: {
    schema: z
      .string()
      .refine(isPort, 'must be a whole number from 0 to 65535')
      .transform(Number)
      .default(3000),
    example: 'PORT=3000',
  },
  HOST: {
    schema: z.string().refine(isHost, 'must be an IP address or a host name').default('127.0.0.1'),
    example: 'HOST=127.0.0.1',
  },
  PUBLIC_URL: {
    schema: z
      .string()
      .refine(isOrigin, 'must be an http or https origin without a path')
      .optional(),
    example: 'PUBLIC_URL=https://connect.example.org',
  },
  MONGODB_URI: {
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://')
      .optional(),
    example: 'MONGODB_URI=mongodb://127.0.0.1:27017/edpsych',
  },
  DATA_DIR: { schema: z.string().min(1).default('.data'), example: 'DATA_DIR=.data' },
  EDPSYCH_MASTER_KEY: {
    schema: z.string().refine(isMasterKey, 'must be 32 bytes in base64').optional(),
    example: 'EDPSYCH_MASTER_KEY="$(openssl rand -base64 32)"',
  },
  EDPSYCH_ADMIN_EMAIL: {
    schema: z.email('must be an e-mail address').optional(),
    example: 'EDPSYCH_ADMIN_EMAIL=admin@example.org',
  },
  EDPSYCH_ADMIN_PASSWORD: {
    schema: z.string().min(12, 'must have at least 12 characters').optional(),
    example: 'EDPSYCH_ADMIN_PASSWORD="a long passphrase"',
  },
  EDPSYCH_DEMO: { schema: flag.optional(), example: 'EDPSYCH_DEMO=1' },
  EDPSYCH_ALLOW_PRIVATE_NETWORKS: {
    schema: flag.default(false),
    example: 'EDPSYCH_ALLOW_PRIVATE_NETWORKS=1',
  },
  EDPSYCH_SANDBOX_URL: {
    schema: z
      .string()
      .refine(isOrigin, 'must be an http or https origin without a path')
      .optional(),
    example: 'EDPSYCH_SANDBOX_URL=http://127.0.0.1:3000',
  },
  EDPSYCH_SANDBOX_SIGNUP: {
    schema: z.enum(['open', 'staff']).optional(),
    example: 'EDPSYCH_SANDBOX_SIGNUP=staff',
  },
  EDPSYCH_METRICS_TOKEN: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    example: 'EDPSYCH_METRICS_TOKEN="$(openssl rand -hex 24)"',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
    example: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
  },
  EDPSYCH_DNS_SERVERS: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((server) => server.trim()))
      .pipe(z.array(z.string().regex(/^[\d.:[\]a-f]+$/i)).min(1))
      .optional(),
    example: 'EDPSYCH_DNS_SERVERS=9.9.9.9,[2620:fe::fe]:53',
  },
  EDPSYCH_DEFAULT_PLAN: {
    schema: z.enum(planNames).optional(),
    example: 'EDPSYCH_DEFAULT_PLAN=large',
  },
  EDPSYCH_SECURITY_CONTACT: {
    schema: z
      .string()
      .regex(/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/, 'must be a mailto: or https: address')
      .optional(),
    example: 'EDPSYCH_SECURITY_CONTACT=mailto:security@example.org',
  },
  EDPSYCH_SECURITY_EXPIRES: {
    schema: z.iso.date('must be a date').optional(),
    example: 'EDPSYCH_SECURITY_EXPIRES=2027-06-30',
  },
  EDPSYCH_SMTP_URL: {
    schema: z
      .string()
      .regex(/^smtps?:\/\/[^\s]+$/, 'must start with smtp:// or smtps://')
      .optional(),
    example: 'EDPSYCH_SMTP_URL=smtps://user:password@mail.example.org',
  },
  EDPSYCH_MAIL_FROM: {
    schema: z
      .string()
      .regex(
        /^(?:[^<>\p{Cc}]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u,
        'must be an e-mail address, with or without a name',
      )
      .optional(),
    example: 'EDPSYCH_MAIL_FROM="EdPsych Connect <alerts@example.org>"',
  },
  NODE_ENV: { schema: z.string().optional(), example: 'NODE_ENV=production' },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    example: 'LOG_LEVEL=info',
  },
} as const

type Values = { [K in keyof typeof variables]: z.output<(typeof variables)[K]['schema']> }

export interface Config {
  readonly port: number
  readonly host: string
  readonly settings: Settings
  readonly mongodbUri: string | undefined
  readonly dataDir: string
  readonly masterKey: string | undefined
  readonly adminEmail: string | undefined
  readonly adminPassword: string | undefined
  readonly demo: boolean
  /** Origin of the simulated LMS: another site than `publicUrl`, so that its frames are cross-site. */
  readonly sandboxUrl: string
  /** Who may make a sandbox: anybody, or staff and their keys. */
  readonly sandboxSignUp: 'open' | 'staff'
  readonly metricsToken: string | undefined
  /** Where traces go; none are made without it. */
  readonly otlpEndpoint: string | undefined
  /** Rate limits of tenants that no plan was given to. */
  /** For the proof of e-mail domains; those of the machine where absent. */
  readonly dnsServers: readonly string[] | undefined
  readonly defaultPlan: PlanName | undefined
  readonly logLevel: string
  /** The mail server for alerts; null: they go to the administration and to webhooks alone. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null
  /** Parse every answer by its schema, so that a leaked field fails in tests and development. */
  readonly checkAnswers: boolean
  /** What `security.txt` says. */
  readonly security: { readonly contact: string; readonly expires: Date | undefined }
}

/** A bad environment variable; the message is the one line to show. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The only reader of the environment; throws `ConfigError` with one line per bad variable. */
export function readConfig(env: NodeJS.ProcessEnv, version: string): Config {
  const values = readValues(env)
  if (values.MONGODB_URI && !values.EDPSYCH_MASTER_KEY) {
    throw new ConfigError(
      `EDPSYCH_MASTER_KEY is missing: it must be given when MONGODB_URI is set, for example ${variables.EDPSYCH_MASTER_KEY.example}`,
    )
  }
  const { EDPSYCH_SMTP_URL: smtpUrl, EDPSYCH_MAIL_FROM: from } = values
  if ((smtpUrl === undefined) !== (from === undefined)) {
    const missing = smtpUrl === undefined ? 'EDPSYCH_SMTP_URL' : 'EDPSYCH_MAIL_FROM'
    throw new ConfigError(
      `${missing} is missing: a mail server needs both, for example ${variables[missing].example}`,
    )
  }
  const publicUrl = (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/$/, '')
  const demo = values.EDPSYCH_DEMO ?? values.MONGODB_URI === undefined
  const sandboxUrl = values.EDPSYCH_SANDBOX_URL ?? otherSite(publicUrl)
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    settings: Object.freeze({
      publicUrl,
      allowPrivateNetworks: values.EDPSYCH_ALLOW_PRIVATE_NETWORKS,
      // The simulated LMSs and vendors, and the inspectors that receive the webhooks of sandboxes.
      trustedUrlPrefixes: [
        ...(demo ? [`${sandboxUrl}/sandbox/lms`, `${sandboxUrl}/sandbox/vendors`] : []),
        `${sandboxUrl}/sandbox/schools`,
        `${publicUrl}/sandbox/inspector`,
      ],
      version,
    }),
    mongodbUri: values.MONGODB_URI,
    dataDir: resolve(values.DATA_DIR),
    masterKey: values.EDPSYCH_MASTER_KEY,
    adminEmail: values.EDPSYCH_ADMIN_EMAIL,
    adminPassword: values.EDPSYCH_ADMIN_PASSWORD,
    demo,
    sandboxUrl,
    sandboxSignUp: values.EDPSYCH_SANDBOX_SIGNUP ?? (values.MONGODB_URI ? 'staff' : 'open'),
    metricsToken: values.EDPSYCH_METRICS_TOKEN,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    defaultPlan: values.EDPSYCH_DEFAULT_PLAN,
    /** For the proof of e-mail domains; those of the machine where empty. */
    dnsServers: values.EDPSYCH_DNS_SERVERS,
    logLevel: values.LOG_LEVEL,
    mail: smtpUrl === undefined || from === undefined ? null : { smtpUrl, from },
    checkAnswers: values.NODE_ENV !== 'production',
    security: {
      // RFC 2142: the mailbox that people try first.
      contact: values.EDPSYCH_SECURITY_CONTACT ?? `mailto:security@${new URL(publicUrl).hostname}`,
      expires: values.EDPSYCH_SECURITY_EXPIRES
        ? new Date(`${values.EDPSYCH_SECURITY_EXPIRES}T00:00:00Z`)
        : undefined,
    },
  })
}

function readValues(env: NodeJS.ProcessEnv): Values {
  const problems: string[] = []
  const entries = Object.entries(variables).map(([name, { schema, example }]) => {
    const text = env[name]
    const result = z.safeParse(schema, text === '' ? undefined : text)
    if (!result.success) {
      const reason = result.error.issues[0]?.message ?? 'is not valid'
      problems.push(`${name} is not valid: ${reason}; for example ${example}`)
    }
    return [name, result.data]
  })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  // Each entry was parsed with the schema of its own name just above.
  return Object.fromEntries(entries) as Values
}

/** `localhost` and `127.0.0.1` are one machine and two sites: enough for a cross-site frame without a second port. */
function otherSite(publicUrl: string): string {
  const url = new URL(publicUrl)
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1'
  else if (url.hostname === '127.0.0.1') url.hostname = 'localhost'
  return url.origin
}
