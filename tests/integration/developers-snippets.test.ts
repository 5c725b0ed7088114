import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiDocument, readApiDocument } from '../../backend/pages/developers/api-document.ts'
import { type RequestValues, requestOf } from '../../backend/pages/developers/operation-request.ts'
import { snippetOf } from '../../shared/snippets/index.ts'
import type { JsonValue, SnippetRequest } from '../../shared/snippets/request.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let tenant: TestTenant
let api: ApiDocument
let folder: string
let resourceId: string

const nasty = `it's "nasty": $(id) \`id\` \\n \u2028 ${'$'}{x} Dŵr 😀`

const resource = {
  name: nasty,
  learningResourceType: 'lesson' as const,
  license: { name: 'CC BY 4.0', url: null },
  attribution: '-- "Larkfield" --',
  content: [{ type: 'paragraph' as const, text: nasty }],
} satisfies JsonValue

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('Snippets')
  const response = await fetch(`${app.url}/api/v1/openapi.json`)
  api = readApiDocument(JSON.parse(await response.text()))
  folder = mkdtempSync(join(tmpdir(), 'edpsych-snippets-'))
  const made = await tenant.client('POST /api/v1/resources', {
    body: { ...resource, name: 'First' },
  })
  resourceId = made.id
})
afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

function callOf(method: string, path: string, values: RequestValues = {}): SnippetRequest {
  const operation = api.operations.find((one) => one.method === method && one.path === path)
  if (!operation) throw new Error(`no operation ${method} ${path}`)
  return requestOf(api, operation, app.url, { ...values, key: tenant.key })
}

/** Lists and other reads that need nothing but a key. */
function readsWithoutParameters(): SnippetRequest[] {
  return api.operations
    .filter(({ method, access }) => method === 'GET' && access === 'key')
    .filter(({ parameters }) => parameters.every(({ required }) => !required))
    .filter(({ answers }) =>
      answers.some(({ content }) => content?.contentType === 'application/json'),
    )
    .filter(({ path }) => !path.includes('{'))
    .map((operation) => requestOf(api, operation, app.url, { key: tenant.key }))
}

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly complaints: string
}

function run(program: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder })
    let output = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output, complaints }))
    child.stdin.end(input)
  })
}

async function isThere(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    ({ code }) => code === 0,
    () => false,
  )
}

function writes(): SnippetRequest[] {
  return [
    callOf('POST', '/api/v1/resources', { body: resource }),
    callOf('PATCH', '/api/v1/resources/{id}', {
      path: { id: resourceId },
      body: { description: nasty },
    }),
    callOf('GET', '/api/v1/resources', { query: [['q', nasty]] }),
  ]
}

describe('curl snippets', () => {
  it('run in a shell and get the documented answers', async ({ skip }) => {
    if (!(await isThere('curl'))) skip('curl is not installed')
    const reads = readsWithoutParameters()
    expect(reads.length).toBeGreaterThan(8)
    for (const request of [...reads, ...writes()]) {
      const snippet = snippetOf('curl', request)
      const { output, code } = await run('sh', ['-s'], `${snippet} -sS --fail-with-body\n`)
      expect(code, `${snippet}\n${output}`).toBe(0)
      expect(JSON.parse(output), snippet).toBeTypeOf('object')
    }
  })

  it('carry nasty values unchanged', async ({ skip }) => {
    if (!(await isThere('curl'))) skip('curl is not installed')
    const request = callOf('POST', '/api/v1/resources', { body: resource })
    const { output } = await run('sh', ['-s'], `${snippetOf('curl', request)} -sS\n`)
    const made: { name: string; content: { text: string }[] } = JSON.parse(output)
    expect(made.name).toBe(nasty)
    expect(made.content[0]?.text).toBe(nasty)
  })

  it('delete what they name', async ({ skip }) => {
    if (!(await isThere('curl'))) skip('curl is not installed')
    const made = await tenant.client('POST /api/v1/resources', {
      body: resource,
    })
    const request = callOf('DELETE', '/api/v1/resources/{id}', { path: { id: made.id } })
    const { code } = await run('sh', ['-s'], `${snippetOf('curl', request)} -sS --fail-with-body\n`)
    expect(code).toBe(0)
    await expect(
      tenant.client('GET /api/v1/resources/:id', { params: { id: made.id } }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('TypeScript snippets', () => {
  it('run and print the documented answers', async () => {
    const requests = [...readsWithoutParameters(), ...writes()]
    // Each is a module of its own; one process runs them one after the other.
    const files = requests.map((request, index) => {
      const file = join(folder, `snippet${index}.mts`)
      writeFileSync(file, `${snippetOf('typescript', request)}\nexport {}\n`)
      return file
    })
    const all = join(folder, 'all.mts')
    writeFileSync(
      all,
      [
        'const answers: unknown[] = []',
        'console.log = (answer: unknown) => void answers.push(answer)',
        ...files.map((file) => `await import(${JSON.stringify(file)})`),
        'process.stdout.write(JSON.stringify(answers))',
      ].join('\n'),
    )

    const tsx = new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url).pathname
    const { output, code, complaints } = await run(process.execPath, [tsx, all])

    expect(code, complaints).toBe(0)
    const answers: unknown[] = JSON.parse(output)
    expect(answers).toHaveLength(requests.length)
    expect(answers.at(-3)).toMatchObject({ name: nasty })
    expect(answers.at(-2)).toMatchObject({ description: nasty })
  })
})

describe('Python snippets', () => {
  it('run and print the documented answers', async ({ skip }) => {
    if (!(await isThere('python3'))) skip('python3 is not installed')
    for (const request of writes()) {
      const { code, complaints } = await run('python3', ['-'], snippetOf('python', request))
      expect(code, complaints).toBe(0)
    }
  })
})

describe('PHP snippets', () => {
  it('run', async ({ skip }) => {
    if (!(await isThere('php'))) skip('php is not installed')
    for (const request of writes()) {
      const { code, complaints } = await run('php', [], snippetOf('php', request))
      expect(code, complaints).toBe(0)
    }
  })
})
