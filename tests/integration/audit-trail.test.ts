import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trailOf } from '../../widgets/admin-app/views/audit-trail.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

const script = fileURLToPath(new URL('../../widgets/site/verify-audit.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edpsych-trail-'))
const file = join(folder, 'trail.ndjson')
let app: TestApp
let school: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Trail School')
  for (const name of ['One', 'Two', 'Three']) {
    await school.client('POST /api/v1/keys', { body: { name, scopes: ['items.read'] } })
    await app.server.services.audit.checkpointAll()
  }
  await school.client('PATCH /api/v1/settings', {
    body: { changes: [{ key: 'branding.name', value: 'Trail' }] },
  })
  writeFileSync(file, (await trailOf(school.client, () => undefined)).join(''))
})
afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function verified(text: string, key?: string): Promise<{ code: number; output: string }> {
  const changed = join(folder, 'changed.ndjson')
  writeFileSync(changed, text)
  try {
    const args = [script, changed, ...(key === undefined ? [] : [key])]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return { code: 0, output: stdout }
  } catch (error) {
    // `execFile` fails with what the process has printed and how it ended.
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, output: stdout }
  }
}

const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n')

describe('the script given to a school', () => {
  it('finds an untouched trail whole, without the server', async () => {
    const { code, output } = await verified(lines().join('\n'))

    expect(output).toMatch(/^The trail is whole: \d+ entries, 3 signed checkpoints/)
    expect(code).toBe(0)
  })

  it('needs nothing but Node and is short enough to be read', () => {
    const text = readFileSync(script, 'utf8')

    expect(text.match(/from '(?!node:)/g)).toBeNull()
    expect(text.split('\n').length).toBeLessThan(90)
  })

  it.each([
    ['changed', (all: string[]) => all.map((line) => line.replace('"Trail"', '"Trial"'))],
    ['is missing', (all: string[]) => all.toSpliced(3, 1)],
    ['does not follow', (all: string[]) => all.with(2, all[3] ?? '').with(3, all[2] ?? '')],
    ['are missing', (all: string[]) => all.slice(0, 3)],
  ])('names what %s', async (word, tamper) => {
    const { code, output } = await verified(tamper(lines()).join('\n'))

    expect(output).toContain(word)
    expect(code).toBe(1)
  })

  it('is not deceived by a chain that was made anew with another key', async () => {
    const kept = join(folder, 'key.pem')
    const { publicKey } = await school.client('GET /api/v1/audit/key', {})
    writeFileSync(kept, publicKey)
    const head = JSON.parse(lines()[0] ?? '')
    head.checkpoints[0].signature = head.checkpoints[1].signature
    const forged = [JSON.stringify(head), ...lines().slice(1)]

    const { code, output } = await verified(forged.join('\n'), kept)

    expect(output).toContain('the signature of checkpoint 1 is false')
    expect(code).toBe(1)
  })
})
