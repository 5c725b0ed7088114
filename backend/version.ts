import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Package = z.object({ version: z.string() })

/** The version in package.json, which lies above `dist` when this file is built. */
export function readVersion(): string {
  const file = import.meta.url.endsWith('.js') ? '../../package.json' : '../package.json'
  return Package.parse(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))).version
}
