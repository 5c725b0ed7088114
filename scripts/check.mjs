import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bin, root, run } from './run.mjs'

const folders = ['backend', 'shared', 'widgets', 'extension', 'embed-sdk']
const leastModules = 150

/** dependency-cruiser can print "no violations" having read nothing; so count what it read. */
async function checkDirection() {
  let text
  try {
    const output = await promisify(execFile)(
      bin('depcruise'),
      [...folders, '--output-type', 'json'],
      {
        cwd: root,
        maxBuffer: 256 * 1024 * 1024,
      },
    )
    text = output.stdout
  } catch (error) {
    text = error.stdout
  }
  const { summary } = JSON.parse(text)
  for (const { rule, from, to } of summary.violations) {
    process.stderr.write(`${rule.severity} ${rule.name}: ${from} → ${to}\n`)
  }
  process.stderr.write(`${summary.totalCruised} modules, ${summary.error} violations\n`)
  if (summary.totalCruised < leastModules) {
    process.stderr.write(`expected at least ${leastModules} modules: the check is blind\n`)
    return 1
  }
  return summary.error > 0 ? 1 : 0
}

const offline = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }

async function output(program, args) {
  try {
    const { stdout } = await promisify(execFile)(bin(program), args, {
      cwd: root,
      env: offline,
      maxBuffer: 64 * 1024 * 1024,
    })
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
    if ((await run(bin('tsx'), ['scripts/describe-api.ts', file])) !== 0) return 1
    const { paths } = JSON.parse(await readFile(file, 'utf8'))
    const operations = Object.values(paths).flatMap((path) => Object.values(path)).length
    const redocly = JSON.parse(
      await output('redocly', ['lint', file, '--config', 'redocly.yaml', '--format', 'json']),
    ).problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
    )
    const text = await output('spectral', [
      'lint',
      file,
      '-r',
      '.spectral.yaml',
      '-f',
      'json',
      '-q',
    ])
    const spectral = JSON.parse(text).map(
      ({ code, message, path }) => `${code}: ${message} ${path.join('/')}`,
    )
    for (const problem of [...redocly, ...spectral]) process.stderr.write(`${problem}\n`)
    process.stderr.write(
      `${operations} operations; redocly ${redocly.length}, spectral ${spectral.length} problems\n`,
    )
    const isBlind = operations < 100
    if (isBlind) process.stderr.write('expected at least 100 operations: the check is blind\n')
    return redocly.length + spectral.length > 0 || isBlind ? 1 : 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const steps = [
  ['format and lint', () => run(bin('biome'), ['check', '--error-on-warnings', '.'])],
  ['types: server', () => run(bin('tsc'), ['-p', '.'])],
  ['types: widgets', () => run(bin('tsc'), ['-p', 'widgets'])],
  ['types: embed SDK', () => run(bin('tsc'), ['-p', 'embed-sdk'])],
  ['types: extension', () => run(bin('tsc'), ['-p', 'extension'])],
  ['dependency direction', checkDirection],
  ['API description', checkDescription],
  ['API changes', () => run(process.execPath, ['scripts/check-api-changes.mjs'])],
  ['dead code', () => run(bin('knip'), [])],
  ['unit tests', () => run(bin('vitest'), ['run', '--project', 'unit'])],
]

const failed = []
for (const [name, step] of steps) {
  process.stderr.write(`\n── ${name}\n`)
  if ((await step()) !== 0) failed.push(name)
}
if (failed.length > 0) {
  process.stderr.write(`\ncheck failed: ${failed.join(', ')}\n`)
  process.exit(1)
}
process.stderr.write('\ncheck passed\n')
