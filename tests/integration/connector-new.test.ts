import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../backend/cli/run-cli.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const kinds = ['assessment', 'content', 'lms', 'sis']
let folder: string

/** A source of its own that borrows all but the connectors. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-connector-'))
  await mkdir(join(folder, 'backend/connectors'), { recursive: true })
  await mkdir(join(folder, 'docs/connectors'), { recursive: true })
  const borrowed = [
    'node_modules',
    'shared',
    'package.json',
    'tests',
    'backend/connector-kit',
    'backend/core',
    'backend/connectors/registry.ts',
    'tsconfig.json',
  ]
  for (const path of borrowed) await symlink(join(root, path), join(folder, path))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function cli(...argv: string[]) {
  let out = ''
  let err = ''
  const code = await runCli(['connector', 'new', ...argv, '--into', folder], {
    env: {},
    version: '0.0.0-test',
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('connector new', () => {
  it('writes a folder of each kind and says what to do next', async () => {
    for (const kind of kinds) {
      const { code, out, err } = await cli(`a-${kind}`, '--kind', kind, '--name', 'A Vendor’s')

      expect(err).toBe('')
      expect(code).toBe(0)
      expect(out).toContain(`backend/connectors/a-${kind}/index.ts`)
      expect(out).toContain('docs/connectors/writing.md')
      const files = await readdir(join(folder, `backend/connectors/a-${kind}`))
      expect(files).toEqual(
        expect.arrayContaining(['index.ts', 'schema.ts', 'fixtures', `a-${kind}.test.ts`]),
      )
    }
    expect(await readdir(join(folder, 'docs/connectors'))).toHaveLength(kinds.length)
  })

  it('is strict TypeScript that the registry loads once it is built', async () => {
    const config = {
      extends: './tsconfig.json',
      compilerOptions: {
        noEmit: false,
        outDir: 'dist',
        rootDir: '.',
        incremental: false,
        preserveSymlinks: true,
      },
      include: ['backend/connectors'],
    }
    await writeFile(join(folder, 'tsconfig.new.json'), JSON.stringify(config))

    await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.new.json'], { cwd: folder })
    const { stdout } = await run(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { loadConnectors } = await import('./dist/backend/connectors/registry.js')
         process.stdout.write(JSON.stringify([...(await loadConnectors()).keys()]))`,
      ],
      { cwd: folder },
    )

    expect(JSON.parse(stdout)).toEqual(kinds.map((kind) => `a-${kind}`))
  }, 120_000)

  it('passes its own tests as it was written', async () => {
    await writeFile(
      join(folder, 'vitest.config.mjs'),
      "export default { test: { include: ['backend/**/*.test.ts'] } }",
    )

    const { stdout } = await run(
      join(root, 'node_modules/.bin/vitest'),
      ['run', '--root', folder, 'backend/connectors', '--reporter', 'json'],
      { cwd: folder },
    )

    expect(JSON.parse(stdout)).toMatchObject({ success: true, numFailedTests: 0 })
    expect(JSON.parse(stdout).numPassedTests).toBeGreaterThanOrEqual(3 * kinds.length)
  }, 120_000)

  it('never writes over what is there', async () => {
    const again = await cli('a-lms', '--kind', 'lms', '--name', 'Another')

    expect(again.code).toBe(2)
    expect(again.err).toContain('backend/connectors/a-lms exists')
  })

  it.each([
    ['../outside', 'lms', 'A Vendor', 'is no id'],
    ['Upper', 'lms', 'A Vendor', 'is no id'],
    ['fine', 'bank', 'A Vendor', 'is none of lms, sis, content, assessment'],
    ['fine', 'lms', "A '; process.exit()", '--name takes'],
  ])('refuses %s of kind %s named %s', async (id, kind, name, reason) => {
    const { code, err } = await cli(id, '--kind', kind, '--name', name)

    expect(code).toBe(2)
    expect(err).toContain(reason)
    expect(await readdir(join(folder, 'backend/connectors'))).not.toContain('fine')
  })
})
