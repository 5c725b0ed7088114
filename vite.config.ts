import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

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

const smallParts: Record<string, string> = {
  // What we import lazily brings no stylesheets to wait for.
  'vite/preload-helper.js': 'export const __vitePreload = (load) => load()',
  // Every message of ours names its id, so none has to be computed from its text.
  '@lit/localize/internal/id-generation.js': 'export const generateMsgId = (text) => String(text)',
}

/** Puts small parts in the place of larger ones that do more than we need. */
const smaller: Plugin = {
  name: 'smaller',
  enforce: 'pre',
  load(id) {
    const [, part] = Object.entries(smallParts).find(([name]) => id.endsWith(name)) ?? []
    return part ?? null
  },
}

/** The indentation of templates is for us; a line break alone means the same to HTML and to a script. */
const flushTemplates: Plugin = {
  name: 'flush-templates',
  renderChunk: (code) => ({ code: code.replace(/\n\s+/g, '\n'), map: null }),
}

/** Pages: ES modules; entry names are stable, what they share is named by its content. */
const pages: UserConfig = {
  root,
  base: '/',
  publicDir: false,
  plugins: [smaller, flushTemplates],
  build: {
    outDir,
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: webEntries(),
      // Elements define themselves and export their classes; both must outlive the build.
      preserveEntrySignatures: 'exports-only',
      output: {
        // What every element needs is one file: fewer requests, and it compresses better.
        codeSplitting: {
          groups: [
            {
              name: 'core',
              test: /widgets\/core\/(?!content-nodes|live)|node_modules\/(lit(?!-html\/directive|\/directives)|@lit\/(?!task))|oxc-project|preload-helper/,
            },
          ],
        },
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
