import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type BuildEnvironmentOptions, defineConfig, type ViteBuilder } from 'vite'
import { type Browser, manifestFor } from './manifest.ts'

const here = import.meta.dirname
const root = join(here, '..')
const browsers: readonly Browser[] = ['chrome', 'firefox']

/** Hosts that builds for the tests may call without a prompt. */
const testHosts = ['https://*.test/*', 'http://localhost/*', 'http://127.0.0.1/*']

export default defineConfig(({ mode }) => {
  const outFolder = process.env['EXTENSION_OUT'] ?? join(root, 'dist', 'extension')
  const parts = join(outFolder, '.parts')

  const buildApp = async (builder: ViteBuilder) => {
    rmSync(outFolder, { recursive: true, force: true })
    for (const environment of ['pages', 'background', 'content'] as const) {
      const part = builder.environments[environment]
      if (part) await builder.build(part)
    }
    for (const browser of browsers) assemble(browser, join(outFolder, browser))
    rmSync(parts, { recursive: true })
  }

  const assemble = (browser: Browser, folder: string) => {
    cpSync(parts, folder, { recursive: true })
    mkdirSync(join(folder, 'icons'))
    for (const file of readdirSync(join(here, 'icons')).filter((name) => name.endsWith('.png'))) {
      copyFileSync(join(here, 'icons', file), join(folder, 'icons', file))
    }
    copyFileSync(join(here, 'third-party.txt'), join(folder, 'third-party.txt'))
    const manifest = manifestFor(browser, packageVersion(), mode === 'test' ? testHosts : [])
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }

  return {
    root: here,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    environments: {
      pages: { consumer: 'client', build: pages(parts) },
      background: { consumer: 'client', build: script(parts, 'background') },
      content: { consumer: 'client', build: script(parts, 'content') },
    },
    builder: { buildApp },
  }
})

function pages(outDir: string): BuildEnvironmentOptions {
  return {
    ...target(outDir),
    modulePreload: false,
    rolldownOptions: {
      input: [join(here, 'options/index.html'), join(here, 'sidepanel/index.html')],
    },
  }
}

/** Content scripts and workers are classic scripts: one file each, no imports at run time. */
function script(outDir: string, name: 'background' | 'content'): BuildEnvironmentOptions {
  return {
    ...target(outDir),
    rolldownOptions: {
      input: join(here, `${name}.ts`),
      output: { format: 'iife', entryFileNames: `${name}.js` },
    },
  }
}

function target(outDir: string): BuildEnvironmentOptions {
  return { outDir, emptyOutDir: false, target: ['chrome121', 'firefox142'], assetsInlineLimit: 0 }
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const version = typeof parsed === 'object' && parsed && 'version' in parsed && parsed.version
  if (typeof version !== 'string') throw new TypeError('package.json has no version')
  return version
}
