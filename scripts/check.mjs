import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bin, root } from './run.mjs'

const folders = ['backend', 'shared', 'widgets', 'extension', 'embed-sdk']
const leastModules = 150

const offline = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
const options = { cwd: root, env: offline, maxBuffer: 256 * 1024 * 1024 }

/** Runs a command to its end; answers whether it was content, and all that it wrote. */
async function outcome(command, args) {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, options)
    return { isFine: true, text: stdout + stderr }
  } catch (error) {
    const { stdout = '', stderr = '' } = error
    return { isFine: false, text: stdout + stderr || String(error) }
  }
}

/** dependency-cruiser can print "no violations" having read nothing; so count what it read. */
async function checkDirection() {
  const read = await output('depcruise', [...folders, '--output-type', 'json'])
  const { summary } = JSON.parse(read)
  const lines = summary.violations.map(
    ({ rule, from, to }) => `${rule.severity} ${rule.name}: ${from} → ${to}`,
  )
  lines.push(`${summary.totalCruised} modules, ${summary.error} violations`)
  const isBlind = summary.totalCruised < leastModules
  if (isBlind) lines.push(`expected at least ${leastModules} modules: the check is blind`)
  return { isFine: summary.error === 0 && !isBlind, text: lines.join('\n') }
}

async function output(program, args) {
  try {
    const { stdout } = await promisify(execFile)(bin(program), args, options)
    return stdout
  } catch (error) {
    // Linters end with 1 when they found something, and have written what.
    if (error.stdout) return error.stdout
    throw error
  }
}

/** Writes the OpenAPI document from the contracts and holds it to both rulesets, without a network. */
async function checkDescription() {
  const folder = await mkdtemp(join(tmpdir(), 'edpsych-openapi-'))
  const file = join(folder, 'openapi.json')
  try {
    const described = await outcome(bin('tsx'), ['scripts/describe-api.ts', file])
    if (!described.isFine) return described
    const { paths } = JSON.parse(await readFile(file, 'utf8'))
    const operations = Object.values(paths).flatMap((path) => Object.values(path)).length
    const redocly = JSON.parse(
      await output('redocly', ['lint', file, '--config', 'redocly.yaml', '--format', 'json']),
    ).problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
    )
    const spectral = JSON.parse(
      await output('spectral', ['lint', file, '-r', '.spectral.yaml', '-f', 'json', '-q']),
    ).map(({ code, message, path }) => `${code}: ${message} ${path.join('/')}`)
    const lines = [
      ...redocly,
      ...spectral,
      `${operations} operations; redocly ${redocly.length}, spectral ${spectral.length} problems`,
    ]
    const isBlind = operations < 100
    if (isBlind) lines.push('expected at least 100 operations: the check is blind')
    return { isFine: redocly.length + spectral.length === 0 && !isBlind, text: lines.join('\n') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// The longest first, so that none is left to run alone at the end.
const steps = [
  ['types: server', () => outcome(bin('tsc'), ['-p', '.'])],
  ['unit tests', () => outcome(bin('vitest'), ['run', '--project', 'unit'])],
  ['API description', checkDescription],
  ['types: widgets', () => outcome(bin('tsc'), ['-p', 'widgets'])],
  ['types: extension', () => outcome(bin('tsc'), ['-p', 'extension'])],
  ['types: embed SDK', () => outcome(bin('tsc'), ['-p', 'embed-sdk'])],
  ['dependency direction', checkDirection],
  ['format and lint', () => outcome(bin('biome'), ['check', '--error-on-warnings', '.'])],
  ['dead code', () => outcome(bin('knip'), [])],
  ['API changes', () => outcome(process.execPath, ['scripts/check-api-changes.mjs'])],
]

const failed = []
const waiting = [...steps]

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, step] = next
    const startedAt = performance.now()
    const { isFine, text } = await step().catch((error) => ({ isFine: false, text: error.stack }))
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    process.stderr.write(`\n── ${name} (${seconds} s)\n${text.trimEnd()}\n`)
    if (!isFine) failed.push(name)
  }
}

await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work))
if (failed.length > 0) {
  process.stderr.write(`\ncheck failed: ${failed.join(', ')}\n`)
  process.exit(1)
}
process.stderr.write('\ncheck passed\n')
