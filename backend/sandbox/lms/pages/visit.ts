import type { Request } from 'express'
import type { Lms } from '../lms.ts'
import { queryText } from '../query.ts'
import { findPerson, type Person, people } from '../school.ts'

/** Who looks at a page. The person travels in `?as=`, so each tab is somebody else and no cookie is needed. */
export interface Visit {
  readonly lms: Lms
  readonly who: Person
  /** The page being shown, so that it can be looked at as somebody else. */
  readonly here: { readonly path: string; readonly params: Readonly<Record<string, string>> }
  /** A sentence about what was just done. */
  readonly notice: string | undefined
}

const defaultPerson = '3'

/** Words for links that are written by hand. */
const shortcuts = new Map([
  ['teacher', '3'],
  ['student', '11'],
])

/** The visit a request stands for. */
export function visitOf(lms: Lms, req: Request): Visit {
  const tool = queryText(req, 'tool')
  return {
    lms,
    who: findPerson(personId(req)),
    here: { path: req.path, params: tool === undefined ? {} : { tool } },
    notice: queryText(req, 'notice'),
  }
}

function personId(req: Request): string {
  const named = queryText(req, 'as') ?? defaultPerson
  return shortcuts.get(named) ?? named
}

/** The visit to show a refusal to, even when it is the person that is unknown. */
export function visitAnyway(lms: Lms, req: Request): Visit {
  const known = people.find((one) => one.id === personId(req))
  return {
    lms,
    who: known ?? findPerson(defaultPerson),
    here: { path: '/', params: {} },
    notice: undefined,
  }
}

/** A link within the LMS for the same person. */
export function href(
  { lms, who }: Pick<Visit, 'lms' | 'who'>,
  path: string,
  params: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ as: who.id, ...params })
  return `${new URL(lms.baseUrl).pathname.replace(/\/$/, '')}${path}?${query}`
}

/** The address of a file beside the pages. */
export function asset(lms: Lms, file: string): string {
  return `${new URL(lms.baseUrl).pathname.replace(/\/$/, '')}/assets/${file}`
}
