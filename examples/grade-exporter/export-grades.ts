import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
// From the package: import type { ConnectClient } from '@edpsych/connect-client'
import type { ConnectClient } from '../../shared/client/index.ts'

export interface Export {
  /** The CSV to write. */
  readonly file: string
  readonly pageSize?: number
  /** Told after each page, once it is safely in the file. */
  onPage?(rows: number): void
}

const columns = ['attempt', 'item', 'title', 'status', 'score', 'maxScore', 'submittedAt']

/**
 * Writes every attempt as a line of CSV. Beside the file lies how far it got: a run that is cut off goes on
 * there the next time. A page may then come twice, never be left out.
 */
export async function exportGrades(
  client: ConnectClient,
  { file, pageSize = 200, onPage }: Export,
): Promise<number> {
  const mark = `${file}.cursor`
  const cursor = await readMark(mark)
  if (cursor === undefined) await writeFile(file, `${columns.join(',')}\n`)
  const titles = await readTitles(client)
  let rows = 0
  const query = { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }
  for await (const page of client.pages('GET /api/v1/attempts', { query })) {
    const lines = page.data.map((attempt) =>
      toLine([
        attempt.id,
        attempt.itemId,
        titles.get(attempt.itemId) ?? '',
        attempt.status,
        attempt.score,
        attempt.maxScore,
        attempt.submittedAt,
      ]),
    )
    await appendFile(file, lines.join(''))
    if (page.nextCursor) await writeFile(mark, page.nextCursor)
    rows += page.data.length
    onPage?.(rows)
  }
  await rm(mark, { force: true })
  return rows
}

async function readTitles(client: ConnectClient): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for await (const { id, title } of client.rows('GET /api/v1/items', { query: { limit: 200 } })) {
    titles.set(id, title)
  }
  return titles
}

async function readMark(mark: string): Promise<string | undefined> {
  try {
    return await readFile(mark, 'utf8')
  } catch {
    // No earlier run was cut off.
    return undefined
  }
}

/** RFC 4180; a cell that a spreadsheet would take for a formula is made plain text. */
function toLine(cells: readonly (string | number | null)[]): string {
  const texts = cells.map((cell) => {
    if (typeof cell === 'number') return String(cell)
    const text = (cell ?? '').replace(/^(?=[=+\-@\t\r])/, "'")
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${texts.join(',')}\n`
}
