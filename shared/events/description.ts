import { z } from 'zod'
import type { Scope } from '../scopes.ts'

export const EventId = z.string().min(1).max(64)

/** One event type as developers, receivers and the dispatcher know it. */
export interface EventDescription {
  readonly title: string
  /** When it happens, in plain words. */
  readonly description: string
  /** Identifiers, and the few `details` that are not. */
  readonly schema: z.ZodObject
  readonly example: Readonly<Record<string, unknown>>
  /** Whether its data say something about a person. */
  readonly personalData: boolean
  /** The field that names what it is about: CloudEvents `subject`, and the order per entity. */
  readonly subject: string
  /** Fields that a thin payload leaves out, and the right a full one needs to carry them. */
  readonly details?: { readonly fields: readonly string[]; readonly scope: Scope }
  /** Where the rest is read, with the reader's own rights; `:field` stands for a field of the data. The first is the object itself. */
  readonly links: Readonly<Record<string, `/api/v1/${string}`>>
}

/** Declares the events of one part of the domain; the schema of each keeps its own type. */
export function describeEvents<C extends Record<string, EventDescription>>(events: C): C {
  return events
}
