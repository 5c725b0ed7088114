import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { root } from './run.mjs'

const target = process.argv[2] ?? join(root, 'dist', 'web')
const building = `${target}.${process.pid}`
const replaced = `${building}.replaced`
process.env.NODE_ENV = 'production'
process.env.EDPSYCH_WEB_OUT = building

function describe(chunk) {
  return {
    file: chunk.fileName,
    imports: chunk.imports,
    dynamicImports: chunk.dynamicImports,
    gzipBytes: gzipSync(chunk.code, { level: 9 }).length,
    modules: chunk.moduleIds.map((id) => relative(root, id)).sort(),
  }
}

async function bundle(mode) {
  const { output } = await build({
    mode,
    logLevel: 'warn',
    configFile: join(root, 'vite.config.ts'),
  })
  return output.filter(({ type }) => type === 'chunk')
}

mkdirSync(join(building, 'assets'), { recursive: true })
try {
  const pages = await bundle('production')
  for (const file of ['logo.svg', 'hero.svg', 'verify-audit.mjs']) {
    copyFileSync(join(root, 'widgets', 'site', file), join(building, 'assets', file))
  }
  // What course pages show of links, by names that stay.
  cpSync(join(root, 'widgets', 'site', 'placed'), join(building, 'assets', 'placed'), {
    recursive: true,
  })
  const [loader] = await bundle('loader')

  const entries = pages
    .filter(({ isEntry }) => isEntry)
    .map(({ name, fileName }) => [name, fileName])
  const report = {
    entries: Object.fromEntries(entries),
    chunks: Object.fromEntries(pages.map((chunk) => [chunk.fileName, describe(chunk)])),
    loader: describe(loader),
  }
  writeFileSync(join(building, 'manifest.json'), `${JSON.stringify(report, null, 2)}\n`)

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const digest = createHash('sha384').update(loader.code).digest('base64')
  writeFileSync(
    join(building, 'embed', 'integrity.json'),
    `${JSON.stringify({ version, integrity: `sha384-${digest}` })}\n`,
  )
  // A server that is running meets the old files or the new ones, never a half of them.
  if (existsSync(target)) renameSync(target, replaced)
  renameSync(building, target)
} finally {
  rmSync(building, { recursive: true, force: true })
  rmSync(replaced, { recursive: true, force: true })
}
