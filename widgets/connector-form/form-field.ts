import type { FormField as DescribedField } from '../../shared/form-field.ts'

/** One field as the catalogue of connectors describes it; its name as in the body that is sent: `config/baseUrl`. */
export interface FormField extends DescribedField {
  /** Heading above the first field of a group. */
  readonly group?: string | undefined
}

export type FieldValue = string | number | boolean | readonly string[]
export type FormValues = Readonly<Record<string, FieldValue>>

/** Whether a secret is kept, and since when; never the secret. */
export type SecretState = Readonly<
  Record<string, { readonly set: boolean; readonly changedAt: string | null }>
>

export function listOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** What a person typed, as the kind of value the field holds; undefined: nothing. */
export function valueOfText(field: FormField, text: string): FieldValue | undefined {
  const trimmed = field.type === 'secret' ? text : text.trim()
  if (field.type === 'list') return listOf(text)
  if (trimmed === '') return undefined
  if (field.type === 'number') return Number(trimmed)
  return trimmed
}

/** How a value stands in its field. */
export function textOfValue(value: unknown): string {
  if (value === undefined || value === null) return ''
  return Array.isArray(value) ? value.join('\n') : String(value)
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** What is wrong with a value, as a sentence for the person at the field; undefined: nothing is. */
export function faultOf(
  field: FormField,
  value: unknown,
  { isKept = false }: { isKept?: boolean } = {},
): string | undefined {
  const isEmpty =
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return field.required && !isKept ? missing(field) : undefined
  if (field.type === 'url' && !isWebAddress(String(value)))
    return `${field.label}: write a whole web address, such as https://moodle.example.org`
  if (field.type === 'number') return faultOfNumber(field, Number(value))
  if (field.pattern && !new RegExp(`^(?:${field.pattern})$`, 'u').test(String(value)))
    return `${field.label}: this does not look right. ${field.help ?? ''}`.trim()
  return undefined
}

function faultOfNumber({ label, minimum, maximum }: FormField, value: number): string | undefined {
  if (!Number.isFinite(value)) return `${label}: write a number`
  if (minimum !== undefined && value < minimum) return `${label}: at least ${minimum}`
  if (maximum !== undefined && value > maximum) return `${label}: at most ${maximum}`
  return undefined
}

function missing({ type, label }: FormField): string {
  if (type === 'choice') return `${label}: choose one`
  if (type === 'list') return `${label}: write at least one, each on a line of its own`
  return `${label}: fill this in`
}

/** The field a JSON pointer of the body leads to; one inside a list leads to the list. */
export function fieldAt(pointer: string, fields: readonly FormField[]): FormField | undefined {
  return fields.find(({ name }) => `${pointer}/`.startsWith(`#/${name}/`))
}

/** How a field is named in ids. */
export function idOf(name: string): string {
  return name.replace(/\W/g, '-')
}

/** Faults the server found, by field: pointers such as `#/config/baseUrl` or `#/credentials/token`. */
export function faultsByField(
  errors: readonly { readonly pointer: string; readonly detail: string }[],
  fields: readonly FormField[],
): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const { pointer, detail } of errors) {
    const field = fieldAt(pointer, fields)
    if (field) faults[field.name] ??= `${field.label}: ${detail}`
  }
  return faults
}
