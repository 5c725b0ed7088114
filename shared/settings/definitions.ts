import { z } from 'zod'
import { carriesWhiteText, darkEnough } from './colour.ts'

interface Definition<S extends z.ZodType = z.ZodType> {
  readonly title: string
  /** What it does, in the words of a school office. */
  readonly help: string
  readonly group: 'branding' | 'organisation' | 'connections' | 'security'
  readonly schema: S
  /** What holds where nobody in the tree has said anything. */
  readonly fallback: z.output<S>
}

function define<S extends z.ZodType>(definition: Definition<S>): Definition<S> {
  return definition
}

const mostLogoCharacters = 65_536

const Colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #37309b')
  .refine(carriesWhiteText, {
    error: ({ input }) =>
      `is too light for white text (WCAG 1.4.3 asks for 4.5 to 1); ${darkEnough(String(input))} would do`,
  })

/** A raster image in the value itself: nothing is fetched, and no script can hide in it. */
const Logo = z
  .string()
  .max(mostLogoCharacters, 'is too large: 48 kB at most')
  .regex(
    /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
    'must be a PNG, JPEG or WebP image as a data: address',
  )

/** Every setting that an organisation can make for itself and those below it; each is read where its `help` says. */
export const settingDefinitions = {
  'branding.name': define({
    title: 'Name in widgets',
    help: 'Shown above embedded content, so that readers see whose it is. Empty: no name.',
    group: 'branding',
    schema: z.string().trim().max(80),
    fallback: '',
  }),
  'branding.colour': define({
    title: 'Colour of widgets',
    help: 'Buttons, links and marks of embedded content. It must carry white text; for dark pages a lighter shade is made from it.',
    group: 'branding',
    schema: Colour.nullable(),
    fallback: null,
  }),
  'branding.logo': define({
    title: 'Logo in widgets',
    help: 'PNG, JPEG or WebP of at most 48 kB, shown beside the name.',
    group: 'branding',
    schema: Logo.nullable(),
    fallback: null,
  }),
  'organisation.dataRegion': define({
    title: 'Where data is kept',
    help: 'The place and provider of the servers, as you tell parents and staff. Shown on the overview and in certificates.',
    group: 'organisation',
    schema: z.string().trim().max(300),
    fallback: '',
  }),
  'organisation.dataProtectionContact': define({
    title: 'Contact for data protection',
    help: 'E-mail address of the data protection officer, shown on the overview and in certificates.',
    group: 'organisation',
    schema: z.email().max(320).nullable(),
    fallback: null,
  }),
  'connections.allowed': define({
    title: 'Systems that may be connected',
    help: 'Only these connectors are offered. None chosen: all of them.',
    group: 'connections',
    schema: z.array(z.string().max(64)).max(200).nullable(),
    fallback: null,
  }),
  'monitoring.checkEveryMinutes': define({
    title: 'Minutes between health checks',
    help: 'How often each connection is tried with one small call.',
    group: 'connections',
    schema: z.number().int().min(1).max(60),
    fallback: 5,
  }),
  'problems.recoveryMinutes': define({
    title: 'Minutes until a problem closes by itself',
    help: 'A problem is closed when everything has worked for this long.',
    group: 'connections',
    schema: z.number().int().min(1).max(1440),
    fallback: 60,
  }),
  'sync.everyMinutes': define({
    title: 'Minutes between synchronisations',
    help: 'How often people and classes are fetched, where a connection does not say otherwise.',
    group: 'connections',
    schema: z.number().int().min(15).max(10_080),
    fallback: 1440,
  }),
  'sync.mostRemovedPercent': define({
    title: 'Share that a synchronisation may remove',
    help: 'A synchronisation that would remove more than this percentage stops and asks.',
    group: 'connections',
    schema: z.number().int().min(0).max(100),
    fallback: 10,
  }),
  'roster.nameOwner': define({
    title: 'Whose names hold',
    help: 'Where a student record system and a learning platform both know a person: “sis” for the student record system, “lms” for the learning platform. The other name is kept beside it.',
    group: 'connections',
    schema: z.enum(['sis', 'lms']),
    fallback: 'sis',
  }),
  'roster.emailOwner': define({
    title: 'Whose e-mail addresses hold',
    help: 'As for names: “sis” or “lms”. Where the one says nothing, the other’s word holds.',
    group: 'connections',
    schema: z.enum(['sis', 'lms']),
    fallback: 'sis',
  }),
  'roster.titleOwner': define({
    title: 'Whose class titles hold',
    help: 'Where a course of a learning platform is one class of the student record system: “lms” or “sis”. Subjects and year groups are always those of the student record system, who belongs to the course always the learning platform’s.',
    group: 'connections',
    schema: z.enum(['sis', 'lms']),
    fallback: 'lms',
  }),
  'security.freshSignInMinutes': define({
    title: 'Minutes a sign-in counts as fresh',
    help: 'Sensitive acts, such as changing roles or replacing secrets, ask for the password again after this time.',
    group: 'security',
    schema: z.number().int().min(1).max(720),
    fallback: 15,
  }),
} as const

export type SettingKey = keyof typeof settingDefinitions
export type SettingValue<K extends SettingKey> = z.output<(typeof settingDefinitions)[K]['schema']>
export const settingKeys = Object.keys(settingDefinitions) as [SettingKey, ...SettingKey[]]
