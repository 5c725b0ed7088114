import { z } from 'zod'
import { defineJob } from '../../../core/jobs/index.ts'
import type { SigningKeys } from './signing-keys.ts'

const dayMs = 24 * 60 * 60_000
const keyLifeMs = 90 * dayMs

/** Looks daily whether the signing key has had its time. */
export function defineRotationJob(keys: SigningKeys, clock: () => Date) {
  return defineJob({
    name: 'lti.keys.rotate',
    input: z.object({}),
    every: dayMs,
    async run() {
      const age = clock().getTime() - (await keys.signingSince()).getTime()
      if (age >= keyLifeMs) await keys.rotate()
    },
  })
}
