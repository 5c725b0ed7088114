import type { z } from 'zod'
import { ConnectorError } from '../../connector-kit/index.ts'
import { Rows } from './schema.ts'
import type { CanvasContext } from './settings.ts'

const perPage = 100
/** A list that never ends is a fault, not a large course. */
const mostPages = 200

/** All rows of a list that are of the form; others are of no use for what is read here. */
export async function readAll<S extends z.ZodType>(
  { http, signal }: CanvasContext,
  path: string,
  schema: S,
): Promise<z.output<S>[]> {
  const found: z.output<S>[] = []
  const separator = path.includes('?') ? '&' : '?'
  let at: string | undefined = `${path}${separator}per_page=${perPage}`
  for (let pages = 0; at !== undefined; pages++) {
    if (pages === mostPages) {
      throw new ConnectorError('reject', 'Canvas sends a list that does not end.')
    }
    signal.throwIfAborted()
    const { data, links }: Awaited<ReturnType<typeof readPage>> = await readPage(http, at)
    for (const row of data) {
      const parsed = schema.safeParse(row)
      if (parsed.success) found.push(parsed.data)
    }
    at = links['next']
  }
  return found
}

const readPage = (http: CanvasContext['http'], at: string) => http.page(at, Rows)
