import { z } from 'zod'
import { type Contract, Id, Timestamps } from './contract.ts'

const ExportChoice = z.object({ kind: z.enum(['item', 'resource', 'path']), id: Id })

export const CartridgeBody = z.object({
  title: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ title: 'Title', examples: ['Autumn term'] }),
  choices: z
    .array(ExportChoice)
    .min(1)
    .max(200)
    .meta({ title: 'Content', description: 'In order; a learning path becomes a folder' }),
  assessmentsAs: z.enum(['links', 'lti']).default('links').meta({
    title: 'Assessments as',
    description:
      '`links`: public pages, for an LMS without LTI; no scores come back. `lti`: LTI links, for an LMS in which this tool is registered',
  }),
})
export type CartridgeBody = z.output<typeof CartridgeBody>

/** A selection as a Common Cartridge 1.3, made anew at each download. */
export const CartridgeExport = z.object({
  id: Id,
  fileName: z.string().meta({ examples: ['autumn-term.imscc'] }),
  downloadUrl: z.string().meta({ description: 'Good for whoever holds it, until `expiresAt`' }),
  expiresAt: z.iso.datetime(),
  entries: z.number().int().meta({ description: 'Links and pages in it' }),
  skipped: z
    .array(ExportChoice.extend({ reason: z.string() }))
    .meta({ description: 'What could not be exported, and why' }),
  ...Timestamps,
})
export type CartridgeExport = z.output<typeof CartridgeExport>

export const exportsApi = {
  'POST /api/v1/exports/common-cartridge': {
    summary: 'Export a selection as a Common Cartridge 1.3 for an LMS without LTI',
    description:
      'Resources become pages or web links with their licence and attribution; assessments become links to public pages, which are made where they are missing.',
    access: 'tenant',
    scope: 'embeds.write',
    body: CartridgeBody,
    response: CartridgeExport,
    status: 201,
    errors: ['not_found', 'payload_too_large'],
  },
} satisfies Contract
