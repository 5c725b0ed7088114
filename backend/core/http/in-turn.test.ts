import type { Request, RequestHandler, Response } from 'express'
import { expect, it } from 'vitest'
import { inTurn } from './in-turn.ts'

/** What `done` is told, once the handlers have ended. */
function run(handlers: readonly RequestHandler[]): Promise<unknown> {
  return new Promise((resolve) => {
    // The handlers below read neither.
    void inTurn(handlers)({} as Request, {} as Response, (error) => resolve(error))
  })
}

it('runs the handlers one after the other', async () => {
  const seen: string[] = []

  const end = await run([
    async (_req, _res, next) => {
      await Promise.resolve()
      seen.push('first')
      next()
    },
    (_req, _res, next) => {
      seen.push('second')
      next()
    },
  ])

  expect(end).toBeUndefined()
  expect(seen).toEqual(['first', 'second'])
})

it('ends with what a handler throws, rejects with or passes on, and runs none after it', async () => {
  const failure = new Error('refused')
  const never: RequestHandler = () => {
    throw new Error('ran although the one before failed')
  }

  const ends = await Promise.all([
    run([
      () => {
        throw failure
      },
      never,
    ]),
    run([() => Promise.reject(failure), never]),
    run([(_req, _res, next) => next(failure), never]),
  ])

  expect(ends).toEqual([failure, failure, failure])
})
