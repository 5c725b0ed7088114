import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Connector } from '../../connector-kit/index.ts'

type Values = Readonly<Record<string, unknown>>

/** Settings as the connector reads them, defaults included; refuses others field by field. */
export function checkConfig(connector: Connector, values: Values): Record<string, unknown> {
  return checked(connector.config, values, 'config', connector)
}

/** Those credentials that were given; a field left out is none of this call's business. */
export function checkCredentials(connector: Connector, values: Values): Record<string, unknown> {
  const givenValues = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  )
  return checked(connector.credentials.partial(), givenValues, 'credentials', connector)
}

function checked(
  schema: z.ZodObject,
  values: Values,
  where: 'config' | 'credentials',
  connector: Connector,
): Record<string, unknown> {
  const parsed = schema.strict().safeParse(values)
  if (parsed.success) return parsed.data
  throw new AppError(
    'connection_settings_invalid',
    `These ${where === 'config' ? 'settings' : 'credentials'} are not what ${connector.name} needs: ${wordsOf(parsed.error, schema)}`,
    {
      errors: parsed.error.issues.map(({ path, message, code }) => ({
        pointer: `#/${[where, ...path].join('/')}`,
        code,
        detail: message,
      })),
    },
  )
}

/** By the labels that the form shows. */
function wordsOf(error: z.ZodError, schema: z.ZodObject): string {
  return error.issues
    .slice(0, 3)
    .map(({ path: [name], message }) => `${labelOf(schema, String(name ?? ''))}: ${message}`)
    .join('; ')
}

function labelOf(schema: z.ZodObject, name: string): string {
  const field = schema.shape[name] as z.ZodType | undefined
  return field?.meta()?.title ?? name
}

/** Settings with a change merged in; `null` takes one away. */
export function mergeConfig(before: Values, change: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== null),
  )
}

/** Names of what differs, whatever the order of members. */
export function differingFields(before: Values, after: Values): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort((a, b) =>
    a.localeCompare(b),
  )
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
