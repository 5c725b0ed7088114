import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const root = join(import.meta.dirname, '..', '..')

interface ExtensionBuilds {
  /** As people install it; a folder with one for each browser, as the other. */
  readonly production: string
  /** With open shadow roots and its hosts granted. */
  readonly test: string
}

declare module 'vitest' {
  interface ProvidedContext {
    extensionBuilds: ExtensionBuilds
  }
}

/** Builds the extension once for all tests in browsers; they reach it with `inject('extensionBuilds')`. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-extension-'))
  const build = async (mode: keyof ExtensionBuilds): Promise<string> => {
    const out = join(folder, mode)
    await promisify(execFile)(
      process.execPath,
      [join(root, 'scripts', 'build-extension.mjs'), '--mode', mode],
      // Vitest's NODE_ENV would make it a development build.
      { cwd: root, env: { ...process.env, NODE_ENV: 'production', EXTENSION_OUT: out } },
    )
    return out
  }
  const [production, test] = await Promise.all([build('production'), build('test')])
  project.provide('extensionBuilds', { production, test })
  return () => rmSync(folder, { recursive: true, force: true })
}
