import { z } from 'zod'
import { ConnectorError } from '../../connector-kit/index.ts'
import type { BlackboardContext } from './settings.ts'

const Page = z.object({
  results: z.array(z.unknown()),
  paging: z.object({ nextPage: z.string().nullish() }).nullish(),
})

const root = '/learn/api/public/'
const mostPages = 500

interface ResultPage {
  readonly rows: readonly unknown[]
  /** Path of the next page. */
  readonly next: string | undefined
}

/** One page of a list; its next one lies below the same root, whatever the answer says. */
export async function readPage({ http }: BlackboardContext, path: string): Promise<ResultPage> {
  const { results, paging } = await http.get(path, Page)
  const next = paging?.nextPage ?? undefined
  if (next !== undefined && (!next.startsWith(root) || `/${path.replace(/^\//, '')}` === next)) {
    throw new ConnectorError('reject', 'Blackboard sends on to a page that cannot be the next.')
  }
  return { rows: results, next }
}

/** All rows of a list that are of the form; others are of no use for what is read here. */
export async function readAll<S extends z.ZodType>(
  ctx: BlackboardContext,
  path: string,
  schema: S,
): Promise<z.output<S>[]> {
  const found: z.output<S>[] = []
  let at: string | undefined = path
  for (let pages = 0; at !== undefined; pages++) {
    if (pages === mostPages) {
      throw new ConnectorError('reject', 'Blackboard sends a list that does not end.')
    }
    ctx.signal.throwIfAborted()
    const { rows, next }: ResultPage = await readPage(ctx, at)
    for (const row of rows) {
      const parsed = schema.safeParse(row)
      if (parsed.success) found.push(parsed.data)
    }
    at = next
  }
  return found
}
