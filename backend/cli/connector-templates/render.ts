import type { ConnectorKind } from '../../connector-kit/index.ts'
import { assessmentTemplate } from './assessment.ts'
import { contentTemplate } from './content.ts'
import { rosterTemplate } from './roster.ts'
import type { KindTemplate, NewConnector } from './template.ts'

const templates: Readonly<Record<ConnectorKind, (wanted: NewConnector) => KindTemplate>> = {
  lms: rosterTemplate,
  sis: rosterTemplate,
  content: contentTemplate,
  assessment: assessmentTemplate,
}

/** The files of a new connector by their path in the source: it runs as it is, against a vendor of its own shape. */
export function renderConnector(wanted: NewConnector): Record<string, string> {
  const template = templates[wanted.kind](wanted)
  const folder = `backend/connectors/${wanted.id}`
  const sources = Object.entries(template.sources).map(([name, text]) => [
    `${folder}/${name}`,
    text,
  ])
  return {
    [`${folder}/index.ts`]: indexOf(wanted, template),
    ...Object.fromEntries(sources),
    [`${folder}/${wanted.id}.test.ts`]: testOf(wanted, template),
    [`${folder}/fixtures/answers.json`]: `${JSON.stringify(
      { '/status': { version: '1.0' }, ...template.answers },
      null,
      2,
    )}\n`,
    [`docs/connectors/${wanted.id}.md`]: guideOf(wanted, template),
  }
}

function indexOf({ id, name, kind }: NewConnector, template: KindTemplate): string {
  return `import { z } from 'zod'
import { defineConnector } from '../../connector-kit/index.ts'
${template.imports}

export const connector = defineConnector({
  id: '${id}',
  name: '${name}',
  kind: '${kind}',
  summary: '${template.summary}',
  config: z.object({
    url: z.url().meta({
      title: 'API address',
      description: 'The address at which the API of ${name} begins.',
      placeholder: 'https://api.vendor.example/v1',
    }),
  }),
  credentials: z.object({
    apiKey: z.string().trim().min(1).max(500).meta({
      title: 'API key',
      description: 'From the account page of ${name}.',
      secret: true,
    }),
  }),
  base: ({ config, credentials }) => ({
    url: config.url,
    headers: { authorization: \`Bearer \${credentials.apiKey}\` },
  }),
  capabilities: {
${template.capabilities}
  },
  async health({ http }) {
    const { version } = await http.get('status', Status)
    return { version }
  },
  setup: 'docs/connectors/${id}.md',
})
`
}

function testOf({ id }: NewConnector, { cases }: KindTemplate): string {
  const names = ['collect', 'fakeVendor', 'openConnector'].filter(
    (name) => name !== 'collect' || cases.includes('collect('),
  )
  return `import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ${names.join(', ')} } from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const file = new URL('fixtures/answers.json', import.meta.url)
// Our own file, by the end of the path.
const answers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>

function open(status = 200) {
  const vendor = fakeVendor(({ url }) => ({ status, json: answers[url.pathname] ?? {} }))
  return openConnector(connector, {
    config: { url: 'https://${id}.example' },
    credentials: { apiKey: 'the-test-key' },
    send: vendor.send,
  })
}

describe('health', () => {
  it('says which version answers', async () => {
    await expect(connector.health(open().ctx)).resolves.toMatchObject({ version: '1.0' })
  })

  it('asks for new credentials where they are refused', async () => {
    const failure = connector.health(open(401).ctx)

    await expect(failure).rejects.toMatchObject({ kind: 'reauthorise', code: 'unauthorised' })
    await expect(failure).rejects.not.toThrow('the-test-key')
  })
})

${cases}`
}

function guideOf({ name }: NewConnector, { summary, guideRows }: KindTemplate): string {
  return `# ${name}

${summary}

## What to do in ${name}

1. Sign in as an administrator and open the account page.
2. Make an API key that may only read, and copy it.

## What to enter here

| Field | Value |
|---|---|
| API address | The address at which the API begins |
| API key | The key of step 2. It is stored encrypted and never shown again |

## What is taken over

| In ${name} | Here |
|---|---|
${guideRows}

## When something is wrong

| Message | Do this |
|---|---|
| Does not accept the credentials | Make a new key (step 2) and enter it |
| Has nothing at this address | The API address is incomplete |
`
}
