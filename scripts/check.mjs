import { execFile } from 'node:child_process'
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

const steps = [
  ['format and lint', () => run(bin('biome'), ['check', '--error-on-warnings', '.'])],
  ['types: server', () => run(bin('tsc'), ['-p', '.'])],
  ['types: widgets', () => run(bin('tsc'), ['-p', 'widgets'])],
  ['types: embed SDK', () => run(bin('tsc'), ['-p', 'embed-sdk'])],
  ['types: extension', () => run(bin('tsc'), ['-p', 'extension'])],
  ['dependency direction', checkDirection],
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
