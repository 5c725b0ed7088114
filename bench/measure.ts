import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** CPU seconds that the threads of a process have used, to the nanosecond: the clock ticks of `stat` are 10 ms. */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [used = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    nanoseconds += Number(used)
  }
  return nanoseconds / 1e9
}

export function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(line?.[1] ?? 0) / 1024)
}

export interface Worker {
  readonly pid: number
  readonly url: string
  stop(): Promise<void>
}

/** Starts a bench server of this folder under tsx; it says where it listens in its first line. */
export async function startWorker(file: string, env: Record<string, string>): Promise<Worker> {
  const child = spawn(process.execPath, ['--import', 'tsx', `bench/${file}`], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await firstLine(child)
  return {
    pid: child.pid ?? -1,
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
    child.once('exit', (code) => reject(new Error(`the bench server ended with ${code}`)))
  })
}

export interface Window {
  readonly perSecond: number
  readonly cpuMsPerCall: number
  /** The slowest of a hundred calls, all its counted steps together. */
  readonly p99Ms: number
}

/** A part of a call. What only prepares it, such as a platform's signing, is neither timed nor counted. */
export interface Step {
  readonly isCounted: boolean
  run(index: number): Promise<void> | void
}

/** Runs each step `count` times, `concurrency` at once, and reads the CPU that the process `pid` used for those counted. */
export async function measureSteps(
  pid: number,
  { count, concurrency }: { count: number; concurrency: number },
  steps: readonly Step[],
): Promise<Window> {
  let seconds = 0
  let cpu = 0
  const took = new Float64Array(count)
  for (const { isCounted, run } of steps) {
    const cpuBefore = cpuSeconds(pid)
    const startedAt = performance.now()
    let next = 0
    const lanes = Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const index = next
        next += 1
        const begunAt = performance.now()
        await run(index)
        if (isCounted) took[index] = (took[index] ?? 0) + performance.now() - begunAt
      }
    })
    await Promise.all(lanes)
    if (!isCounted) continue
    seconds += (performance.now() - startedAt) / 1000
    cpu += cpuSeconds(pid) - cpuBefore
  }
  const p99Ms = took.sort()[Math.floor(count * 0.99)] ?? Number.NaN
  return { perSecond: count / seconds, cpuMsPerCall: (cpu * 1000) / count, p99Ms }
}

export function measureWindow(
  pid: number,
  options: { count: number; concurrency: number },
  call: (index: number) => Promise<void>,
): Promise<Window> {
  return measureSteps(pid, options, [{ isCounted: true, run: call }])
}

/** The least CPU and the highest rate of any window: noise only ever adds. */
export function best(windows: readonly Window[]): Window {
  return {
    perSecond: Math.max(...windows.map(({ perSecond }) => perSecond)),
    cpuMsPerCall: Math.min(...windows.map(({ cpuMsPerCall }) => cpuMsPerCall)),
    p99Ms: Math.min(...windows.map(({ p99Ms }) => p99Ms)),
  }
}

/** What one is of the other in the middle of all rounds: the windows of one round had the same noise. */
export function ratioOf(
  ours: readonly Window[],
  theirs: readonly Window[],
  of: keyof Window,
): number {
  return median(ours.map((window, round) => window[of] / (theirs[round]?.[of] ?? Number.NaN)))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 0 ? (below + above) / 2 : above
}
