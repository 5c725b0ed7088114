import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

const stampFolder = join(root, 'dist', '.stamps')
const ignored = /(^|\/)(node_modules|dist|fixtures)$|\.test\.ts$/

function describe(path, lines) {
  let stat
  try {
    stat = statSync(join(root, path))
  } catch {
    return
  }
  if (!stat.isDirectory()) {
    lines.push(`${path} ${stat.size} ${stat.mtimeMs}`)
    return
  }
  for (const name of readdirSync(join(root, path)).sort()) {
    const below = `${path}/${name}`
    if (!ignored.test(below)) describe(below, lines)
  }
}

function fingerprint(inputs) {
  const lines = []
  for (const input of inputs) describe(input, lines)
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/** Whether a target's inputs (files and folders) changed since `markBuilt` was last called for it. */
export function isStale(target, inputs) {
  try {
    return readFileSync(join(stampFolder, target), 'utf8') !== fingerprint(inputs)
  } catch {
    return true
  }
}

export function markBuilt(target, inputs) {
  mkdirSync(stampFolder, { recursive: true })
  writeFileSync(join(stampFolder, target), fingerprint(inputs))
}

export function forget(target) {
  rmSync(join(stampFolder, target), { force: true })
}
