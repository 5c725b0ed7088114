import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type EngineRecord, engineKinds } from './data-directory.ts'

const Record = z.object({
  kind: z.enum(engineKinds),
  enginePid: z.int().positive(),
  serverPid: z.int().positive(),
  uri: z.string().startsWith('mongodb://'),
  startedAt: z.iso.datetime(),
}) satisfies z.ZodType<EngineRecord>

/** The record of whoever serves this directory; undefined where there is none or it cannot be read. */
export function readEngineRecord(file: string): EngineRecord | undefined {
  try {
    return Record.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined // absent, or not ours: the directory's lock is what decides
  }
}
