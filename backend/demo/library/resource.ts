import type { z } from 'zod'
import type { ResourceBody } from '../../../shared/api/resources.ts'

/** A resource of the demo library; licence and attribution are the same for all. */
export type LibraryResource = Omit<z.input<typeof ResourceBody>, 'license' | 'attribution'> & {
  /** Names the resource for ever: its id follows from it. */
  readonly key: string
}
