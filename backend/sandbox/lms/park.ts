import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type Express } from 'express'
import { createLms, type LmsOptions, type RunningLms } from './index.ts'
import { Refusal } from './refusal.ts'

export interface LmsParkOptions extends Pick<LmsOptions, 'log' | 'now' | 'fetch' | 'tools'> {
  /** The address below which each LMS has its own, and where this app is mounted. */
  readonly baseUrl: string
  /** Where each LMS keeps its gradebook. */
  readonly folder: string
  /** How many are kept in memory; others wait in their files. */
  readonly limit?: number
  /** Whether there is an LMS with this name. */
  exists(name: string): Promise<boolean>
}

export interface LmsPark {
  readonly app: Express
  /** Empties an LMS; its address stays. */
  reset(name: string): Promise<void>
  /** Forgets an LMS and its file. */
  forget(name: string): Promise<void>
  close(): Promise<void>
}

const goodName = /^[a-z0-9]{8,64}$/

/** Many simulated LMSs below one address, each with courses, gradebook, keys and faults of its own. */
export function createLmsPark(options: LmsParkOptions): LmsPark {
  const { baseUrl, folder, limit = 50 } = options
  const running = new Map<string, RunningLms>()

  function fileOf(name: string): string {
    return join(folder, `${name}.json`)
  }

  function start(name: string): RunningLms {
    const { log, now, fetch, tools } = options
    const lms = createLms({
      baseUrl: `${baseUrl}/${name}`,
      stateFile: fileOf(name),
      ...(tools ? { tools } : {}),
      ...(log ? { log } : {}),
      ...(now ? { now } : {}),
      ...(fetch ? { fetch } : {}),
    })
    running.set(name, lms)
    return lms
  }

  async function find(name: string): Promise<RunningLms> {
    const known = running.get(name)
    if (known) {
      // The one asked for last is the last to be put away.
      running.delete(name)
      running.set(name, known)
      return known
    }
    if (!goodName.test(name) || !(await options.exists(name))) {
      throw new Refusal(404, 'not_found', 'There is no school at this address (any more).')
    }
    await makeRoom()
    return running.get(name) ?? start(name)
  }

  async function makeRoom(): Promise<void> {
    const [oldest] = running.keys()
    if (running.size >= limit && oldest !== undefined) await putAway(oldest)
  }

  async function putAway(name: string): Promise<void> {
    const lms = running.get(name)
    running.delete(name)
    await lms?.close()
  }

  async function forget(name: string): Promise<void> {
    if (!goodName.test(name)) return
    await putAway(name)
    await rm(fileOf(name), { force: true })
  }

  const app = express()
  app.disable('x-powered-by')
  app.use('/:name', async (req, res, next) => {
    const lms = await find(String(req.params['name']))
    lms.app(req, res, next)
  })
  app.use(
    (error: unknown, _req: express.Request, res: express.Response, next: express.NextFunction) => {
      if (!(error instanceof Refusal) || res.headersSent) next(error)
      else res.status(error.status).type('text/plain').send(`${error.message}\n`)
    },
  )
  return {
    app,
    reset: forget,
    forget,
    async close() {
      await Promise.all([...running.keys()].map(putAway))
    },
  }
}
