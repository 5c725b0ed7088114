import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { build } from 'vite'
import { api } from '../shared/api/index.ts'
import { writeApiType } from './client-types.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = process.argv[2] ?? join(root, 'dist', 'client')
const building = `${target}.${process.pid}`
const replaced = `${building}.replaced`

interface RootPackage {
  readonly version: string
  readonly license: string
}

/** What `shared/client/index.ts` exports, over the generated interface instead of the schemas. */
const clientTypes = `
type Simplify<T> = { [K in keyof T]: T[K] }
export type RequestOf<R extends { request: object }> = Simplify<
  R['request'] & { signal?: AbortSignal; ifMatch?: string }
>

export type Client = <K extends keyof Api>(
  route: K,
  request: RequestOf<Api[K]>,
) => Promise<Api[K]['response']>

/** The routes that answer page by page. */
export type ListKey = {
  [K in keyof Api]: Api[K]['response'] extends { data: unknown[]; nextCursor: string | null }
    ? K
    : never
}[keyof Api]

export type RowOf<K extends keyof Api> = Api[K]['response'] extends { data: Array<infer T> }
  ? T
  : never

export interface RetryOptions {
  /** Further tries after the first; default 3. */
  readonly retries?: number
  /** The longest pause that is waited for, in ms; a longer \`Retry-After\` is handed to the caller. Default 60 s. */
  readonly longestPauseMs?: number
  readonly fetch?: typeof fetch
}

export interface ConnectClientOptions extends RetryOptions {
  /** Where the server is, for example \`https://connect.example.org\`. */
  readonly baseUrl: string
  /** An API key or an OAuth access token, or where to get a fresh one. */
  readonly apiKey: string | (() => string | Promise<string>)
}

export type ConnectClient = Client & {
  /** Every page of a list, one request after the other; go on later from \`nextCursor\`. */
  pages<K extends ListKey>(
    route: K,
    request: RequestOf<Api[K]>,
  ): AsyncGenerator<Api[K]['response'], void, undefined>
  /** Every object of a list, over all its pages. */
  rows<K extends ListKey>(
    route: K,
    request: RequestOf<Api[K]>,
  ): AsyncGenerator<RowOf<K>, void, undefined>
}

/** Calls the API by the names of its operations, tries again where that helps, and reads lists to their end. */
export declare function createConnectClient(options: ConnectClientOptions): ConnectClient

/** A \`fetch\` that waits as long as \`Retry-After\` says, with one \`Idempotency-Key\` for all tries of a write. */
export declare function retryingFetch(options?: RetryOptions): typeof fetch

/** A refusal of the API: \`code\` is stable, \`message\` says what to do. */
export declare class ApiError extends Error {
  override readonly name: 'ApiError'
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly errors: ReadonlyArray<{ pointer: string; code: string; detail: string }>
}
`

const readme = `# @edpsych/connect-client

The typed client of the EdPsych Connect API. No dependencies; Node 20 or newer, browsers, Deno and Bun.

\`\`\`ts
import { createConnectClient } from '@edpsych/connect-client'

const client = createConnectClient({ baseUrl: 'https://connect.example.org', apiKey: process.env.EDPSYCH_API_KEY })

const item = await client('GET /api/v1/items/:id', { params: { id: 'itm_…' } })
for await (const attempt of client.rows('GET /api/v1/attempts', { query: { limit: 200 } })) {
  console.log(attempt.id, attempt.score)
}
\`\`\`

* A 429, 502, 503 or 504 and a broken connection are tried again after the pause of \`Retry-After\`, at most three times.
* Every write carries an \`Idempotency-Key\`, the same one for all its tries.
* A refusal throws \`ApiError\` with the stable \`code\` of the problem.

Webhooks are verified by a second entry:

\`\`\`ts
import { verifyWebhook } from '@edpsych/connect-client/webhooks'

const { id, type, data } = await verifyWebhook({ secret, headers: request.headers, body: await request.text() })
\`\`\`

Do the work once for each \`id\`: a delivery whose answer was lost comes again.
`

async function bundle(): Promise<void> {
  const folder = join(root, 'shared', 'client')
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: building,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      lib: {
        entry: { index: join(folder, 'index.ts'), webhooks: join(folder, 'webhooks.ts') },
        formats: ['es'],
      },
    },
  })
}

/** `webhooks.ts` imports nothing, so its declarations follow from the file alone. */
function webhookTypes(): string {
  const source = readFileSync(join(root, 'shared', 'client', 'webhooks.ts'), 'utf8')
  const { outputText } = ts.transpileDeclaration(source, {
    fileName: 'webhooks.ts',
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  return outputText
}

function packageJson(): object {
  // The root's own file.
  const { version, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as RootPackage
  return {
    name: '@edpsych/connect-client',
    version,
    description: 'Typed client of the EdPsych Connect API',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './webhooks': { types: './webhooks.d.ts', default: './webhooks.js' },
    },
    files: ['*.js', '*.d.ts', 'README.md', 'LICENSE'],
  }
}

mkdirSync(building, { recursive: true })
try {
  await bundle()
  writeFileSync(join(building, 'index.d.ts'), `${writeApiType(api)}${clientTypes}`)
  writeFileSync(join(building, 'webhooks.d.ts'), webhookTypes())
  writeFileSync(join(building, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`)
  writeFileSync(join(building, 'README.md'), readme)
  copyFileSync(join(root, 'LICENSE'), join(building, 'LICENSE'))
  if (existsSync(target)) renameSync(target, replaced)
  renameSync(building, target)
} finally {
  rmSync(building, { recursive: true, force: true })
  rmSync(replaced, { recursive: true, force: true })
}
