import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A TypeScript program that runs as a process of its own and prints one JSON object per line. */
export interface NodeProcess {
  readonly pid: number
  readonly lines: readonly Record<string, unknown>[]
  /** The first line, now or later, that has this field. */
  line(field: string): Promise<Record<string, unknown>>
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Starts a program of the tests; `program` is relative to `tests/support`. */
export function startNodeProcess(
  program: string,
  args: readonly string[],
  options: { ownGroup?: boolean } = {},
): NodeProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL(program, import.meta.url)), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: options.ownGroup ?? false },
  )
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    // Our own programs print nothing but objects.
    lines.push(JSON.parse(text) as Record<string, unknown>)
    for (const look of waiting) look()
  })
  const ended = endOf(child)
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    line(field) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => field in line)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
        void ended.then((end) => {
          look()
          reject(new Error(`${program} ended (${end}) without printing ${field}`))
        })
      })
    },
  }
}

async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return signal ?? code ?? 0
}
