import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'vite'

const root = import.meta.dirname
const outDir = process.env['EDPSYCH_WEB_OUT'] ?? join(root, 'dist', 'web')

/** Every `widgets/<name>/<name>.ts` is an entry; an element's file serves under its name less the prefix. */
function webEntries(): Record<string, string> {
  const entries: Record<string, string> = { site: join(root, 'widgets', 'site', 'site.css') }
  for (const folder of readdirSync(join(root, 'widgets'))) {
    const file = join(root, 'widgets', folder, `${folder}.ts`)
    if (existsSync(file)) entries[folder.replace(/^edpsych-/, '')] = file
  }
  return entries
}

/** Pages: ES modules; entry names are stable, what they share is named by its content. */
const pages: UserConfig = {
  root,
  base: '/',
  publicDir: false,
  build: {
    outDir,
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: webEntries(),
      // Elements define themselves and export their classes; both must outlive the build.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: ({ names }) =>
          names.includes('site.css') ? 'assets/site.css' : 'assets/[name]-[hash][extname]',
      },
    },
  },
}

/** The embed loader: one classic script that any page can name in a script element. */
const loader: UserConfig = {
  root,
  publicDir: false,
  build: {
    outDir: join(outDir, 'embed'),
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: join(root, 'embed-sdk', 'loader.ts'),
      output: { format: 'iife', entryFileNames: 'loader.js' },
    },
  },
}

export default defineConfig(({ mode }) => (mode === 'loader' ? loader : pages))
