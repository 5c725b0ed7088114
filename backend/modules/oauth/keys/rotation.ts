import { z } from 'zod'
import { defineJob } from '../../../core/jobs/index.ts'
import type { SigningKeys } from './signing-keys.ts'

const dayMs = 86_400_000
const keyLifeMs = 90 * dayMs

/** Looks daily whether the signing key has had its time. */
export function defineKeyRotation(keys: SigningKeys, now: () => Date) {
  return defineJob({
    name: 'oauth.keys.rotate',
    input: z.object({}),
    every: dayMs,
    async run() {
      const age = now().getTime() - (await keys.signingSince()).getTime()
      if (age >= keyLifeMs) await keys.rotate()
    },
  })
}
