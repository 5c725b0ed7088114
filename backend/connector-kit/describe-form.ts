import { z } from 'zod'
import type { FormField } from '../../shared/form-field.ts'

const Meta = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  secret: z.boolean().optional(),
  placeholder: z.string().optional(),
  choices: z.record(z.string(), z.string()).optional(),
})

const Json = z.object({
  type: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
})

/** The fields of an admin form, as the schema with its `.meta({ title, description, secret, placeholder, choices })` says. */
export function describeForm(schema: z.ZodObject): FormField[] {
  return Object.entries(schema.shape).map(([name, field]) => describeField(name, field))
}

function describeField(name: string, field: z.core.$ZodType): FormField {
  const meta = metaOf(field)
  const json = Json.parse(
    z.toJSONSchema(field, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' }),
  )
  const secret = meta.secret === true
  return {
    name,
    label: meta.title ?? name,
    help: meta.description ?? '',
    type: secret ? 'secret' : typeOf(json),
    required: !z.safeParse(field, undefined).success,
    secret,
    ...(json.default === undefined || secret ? {} : { default: json.default }),
    ...(json.enum && { choices: choicesOf(json.enum.map(String), meta.choices) }),
    // What zod writes for its own formats helps nobody who fills in a form.
    ...(json.pattern !== undefined && json.format === undefined && { pattern: json.pattern }),
    ...(meta.placeholder !== undefined && { placeholder: meta.placeholder }),
    ...(json.minimum !== undefined && { minimum: json.minimum }),
    ...(json.maximum !== undefined && { maximum: json.maximum }),
  }
}

/** The outermost words count; an optional or a default hands on those of what it wraps. */
function metaOf(field: z.core.$ZodType): z.output<typeof Meta> {
  const own = Meta.catch({}).parse(z.globalRegistry.get(field) ?? {})
  const inner = (field._zod.def as { innerType?: z.core.$ZodType }).innerType
  return inner ? { ...metaOf(inner), ...own } : own
}

function typeOf({ type, format, enum: choices }: z.output<typeof Json>): FormField['type'] {
  if (choices) return 'choice'
  if (type === 'boolean') return 'boolean'
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'array') return 'list'
  if (format === 'uri') return 'url'
  if (format === 'date') return 'date'
  return 'text'
}

function choicesOf(values: readonly string[], labels: Readonly<Record<string, string>> = {}) {
  return values.map((value) => ({ value, label: labels[value] ?? value }))
}
