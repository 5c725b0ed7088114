import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { ResourceBody } from '../../../shared/api/resources.ts'
import { cognition } from './cognition.ts'
import { communication } from './communication.ts'
import { practice } from './practice.ts'
import type { LibraryResource } from './resource.ts'
import { wellbeing } from './wellbeing.ts'

interface SeedResource {
  readonly id: string
  readonly body: z.input<typeof ResourceBody>
}

function toSeed({ key, ...resource }: LibraryResource): SeedResource {
  const digest = createHash('sha256').update(`demo-library\n${key}`).digest('hex')
  return {
    // Lists go by id, newest first: these sort as the oldest.
    id: `res_00000000${digest.slice(0, 18)}`,
    body: {
      ...resource,
      license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
      attribution: 'EdPsych Connect demo library',
    },
  }
}

/** The demo trust's resources: written for this project, free to use with attribution. */
export const demoLibrary: readonly SeedResource[] = [
  ...cognition,
  ...communication,
  ...wellbeing,
  ...practice,
].map(toSeed)
