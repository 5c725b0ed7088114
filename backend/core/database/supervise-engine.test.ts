import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { createLogger } from '../logging.ts'
import type { EngineProcess } from './engine-process.ts'
import { superviseEngine } from './supervise-engine.ts'

interface FakeEngine extends EngineProcess {
  end(why: string): void
  readonly isStopped: boolean
}

function fakeEngine(enginePid: number): FakeEngine {
  let end: (why: string) => void = () => undefined
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  let isStopped = false
  return {
    uri: 'mongodb://fake/?directConnection=true',
    enginePid,
    ended,
    end: (why) => end(why),
    get isStopped() {
      return isStopped
    },
    async stop() {
      isStopped = true
      end('stopped')
      await ended
    },
  }
}

function messageOf(line: string): string {
  const { msg } = JSON.parse(line) as { msg: string }
  return msg
}

/** Starts engines 1, 2, 3…; `failing` are the starts that fail. */
function engines(failing: readonly number[] = [], error: Error = new Error('no start')) {
  const started: FakeEngine[] = []
  const lines: string[] = []
  let count = 0
  const log = createLogger({
    level: 'info',
    destination: { write: (line) => void lines.push(messageOf(line)) },
  })
  return {
    started,
    lines,
    options: {
      start: async () => {
        count++
        if (failing.includes(count)) throw error
        const engine = fakeEngine(count)
        started.push(engine)
        return engine
      },
      log,
      firstDelayMs: 1,
      random: () => 0.5,
    },
  }
}

describe('superviseEngine', () => {
  it('starts the engine again when it ends by itself', async () => {
    const { started, options, lines } = engines()
    const supervised = await superviseEngine(options)

    started[0]?.end('SIGKILL')
    await expect.poll(() => supervised.current.enginePid).toBe(2)
    started[1]?.end('SIGSEGV')
    await expect.poll(() => supervised.current.enginePid).toBe(3)

    expect(supervised.restarts).toBe(2)
    expect(lines).toEqual([
      'database engine ended, starting it again',
      'database engine serves again',
      'database engine ended, starting it again',
      'database engine serves again',
    ])
    await supervised.stop()
  })

  it('does not start anything when the first start fails', async () => {
    const { options } = engines([1])

    await expect(superviseEngine(options)).rejects.toThrow('no start')
  })

  it('tries again after a start that failed, ever more slowly', async () => {
    const { started, options } = engines([2, 3, 4])
    const supervised = await superviseEngine({ ...options, firstDelayMs: 10 })
    const from = performance.now()

    started[0]?.end('SIGKILL')
    await expect.poll(() => supervised.current.enginePid, { interval: 5 }).toBe(5)

    // 20 + 40 + 80 + 160 ms: the engine had ended at once, so the first pause is doubled already.
    expect(performance.now() - from).toBeGreaterThanOrEqual(290)
    await supervised.stop()
  })

  it('gives up once, with one error, after too many starts in a row that failed', async () => {
    const { started, options, lines } = engines([2, 3, 4])
    const supervised = await superviseEngine({ ...options, attempts: 3 })
    const failures: AppError[] = []
    supervised.onFailure((error) => failures.push(error))

    started[0]?.end('SIGKILL')
    await expect.poll(() => failures.length).toBe(1)

    expect(failures[0]).toMatchObject({
      code: 'database_unavailable',
      message:
        'the database engine could not be started again in 3 attempts (no start): start the server again, or set MONGODB_URI',
    })
    expect(lines.filter((line) => line === 'database engine given up')).toHaveLength(1)
    const late = new Promise((resolve) => supervised.onFailure(resolve))
    expect(await late).toBe(failures[0])
    await supervised.stop()
  })

  it('gives up at once where trying again cannot help', async () => {
    const full = new AppError('storage_full', 'the disk is full')
    const { started, options } = engines([2, 3, 4, 5, 6, 7], full)
    const supervised = await superviseEngine({ ...options, attempts: 6 })
    const failure = new Promise((resolve) => supervised.onFailure(resolve))

    started[0]?.end('SIGABRT')

    expect(await failure).toBe(full)
    await supervised.stop()
  })

  it('survives any number of kills of an engine that starts', async () => {
    const { started, options } = engines()
    const supervised = await superviseEngine({ ...options, firstDelayMs: 0 })

    for (let kill = 0; kill < 30; kill++) {
      started[kill]?.end('SIGKILL')
      await expect.poll(() => supervised.restarts, { interval: 1 }).toBe(kill + 1)
    }

    await supervised.stop()
  })

  it('stops the engine and starts no other', async () => {
    const { started, options } = engines()
    const supervised = await superviseEngine(options)

    await supervised.stop()

    expect(started).toHaveLength(1)
    expect(started[0]?.isStopped).toBe(true)
  })

  it('can be stopped while it waits to start again', async () => {
    const { started, options } = engines()
    const supervised = await superviseEngine({ ...options, firstDelayMs: 60_000 })
    started[0]?.end('SIGKILL')
    await Promise.resolve()

    await supervised.stop()

    expect(started).toHaveLength(1)
  })

  it('stops an engine that was just being started', async () => {
    const { started, options } = engines()
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    let isFirst = true
    const start = async () => {
      if (!isFirst) await gate
      isFirst = false
      return options.start()
    }
    const supervised = await superviseEngine({ ...options, start })
    started[0]?.end('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 20))

    const stopped = supervised.stop()
    release()
    await stopped

    expect(started).toHaveLength(2)
    expect(started[1]?.isStopped).toBe(true)
  })
})
