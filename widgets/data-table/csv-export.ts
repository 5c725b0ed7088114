import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { ApiError } from '../../shared/api/client.ts'
import { saveFile } from '../dashboard/save-file.ts'
import { type CsvValue, csvLine } from './csv.ts'
import type { RowPage } from './table-declaration.ts'

const pauseMs = 1500
const mostPauses = 20
// Excel reads a file as UTF-8 only where it begins with this mark.
const byteOrderMark = '\uFEFF'

export interface ExportOf<Row> {
  readonly fileName: string
  readonly headings: readonly string[]
  line(row: Row): readonly CsvValue[]
  load(cursor: string | undefined, signal: AbortSignal): Promise<RowPage<Row>>
}

/** Writes every page of a list into a file, telling how far it is; can be stopped. */
export class CsvExport implements ReactiveController {
  /** Rows so far; undefined while nothing is exported. */
  done: number | undefined
  total: number | undefined
  error: unknown
  private aborter: AbortController | undefined
  private readonly host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.cancel()
  }

  cancel(): void {
    this.aborter?.abort()
  }

  /** Answers the number of rows saved; undefined where it was stopped or failed. */
  async run<Row>(wanted: ExportOf<Row>): Promise<number | undefined> {
    if (this.done !== undefined) return undefined
    const aborter = new AbortController()
    this.aborter = aborter
    this.done = 0
    this.error = undefined
    const parts = [byteOrderMark, csvLine(wanted.headings)]
    try {
      let cursor: string | undefined
      do {
        this.host.requestUpdate()
        const page = await patiently(() => wanted.load(cursor, aborter.signal), aborter.signal)
        aborter.signal.throwIfAborted()
        this.total = page.count?.value ?? this.total
        for (const row of page.data) parts.push(csvLine(wanted.line(row)))
        this.done += page.data.length
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      saveFile(wanted.fileName, parts, 'text/csv;charset=utf-8')
      return this.done
    } catch (error) {
      if (!aborter.signal.aborted) this.error = error
      return undefined
    } finally {
      this.done = undefined
      this.total = undefined
      this.host.requestUpdate()
    }
  }
}

/** A long export meets the limit of requests; it waits for it rather than fail. */
async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 429 || pauses === mostPauses) throw error
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      })
      signal.throwIfAborted()
    }
  }
}
