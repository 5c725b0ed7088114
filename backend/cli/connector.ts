import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { ConnectorKind } from '../connector-kit/index.ts'
import { type Group, UsageError } from './command.ts'
import { renderConnector } from './connector-templates/render.ts'
import type { NewConnector } from './connector-templates/template.ts'

const kinds = ['lms', 'sis', 'content', 'assessment'] as const satisfies readonly ConnectorKind[]

const Id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  .min(2)
  .max(40)
/** It is written into sources and pages: no quotes, no marks of Markdown. */
const Name = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} .,&+()’-]{0,59}$/u)

export const connector: Group = {
  new: {
    summary: 'Write the folder, the test and the guide of a new connector',
    argument: { name: '<id>', description: 'Short name, such as oak; it is the folder’s name too' },
    options: {
      kind: { value: '<kind>', description: `One of ${kinds.join(', ')}`, required: true },
      name: { value: '<name>', description: 'The name people know', required: true },
      into: { value: '<folder>', description: 'Folder of the source; this one where left out' },
    },
    withoutInstallation: true,
    async run(given) {
      const wanted = read(given.argument, given.required('kind'), given.required('name'))
      const files = await write(wanted, resolve(given.option('into') ?? '.'))
      return { result: { id: wanted.id, files }, text: nextSteps(wanted, files) }
    },
  },
}

function read(id: string, kind: string, name: string): NewConnector {
  if (!Id.safeParse(id).success) {
    throw new UsageError(`${id} is no id: small letters, digits and single hyphens, such as oak`)
  }
  const known = kinds.find((one) => one === kind)
  if (!known) throw new UsageError(`--kind ${kind} is none of ${kinds.join(', ')}`)
  if (!Name.safeParse(name).success) {
    throw new UsageError('--name takes up to 60 letters, digits, spaces and . , & + ( ) ’ -')
  }
  return { id, kind: known, name }
}

async function write(wanted: NewConnector, root: string): Promise<string[]> {
  if (!existsSync(join(root, 'backend/connector-kit'))) {
    throw new UsageError(`${root} is not the source: run this there, or name it with --into`)
  }
  const files = Object.entries(renderConnector(wanted))
  const places = [`backend/connectors/${wanted.id}`, ...files.map(([path]) => path)]
  const taken = places.find((path) => existsSync(join(root, path)))
  if (taken !== undefined) throw new UsageError(`${taken} exists: choose another id`)
  for (const [path, text] of files) {
    const file = join(root, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  }
  return files.map(([path]) => path)
}

function nextSteps({ id, name }: NewConnector, files: readonly string[]): string {
  return [
    `Written for ${name}:`,
    ...files.map((path) => `  ${path}`),
    '',
    'It runs as it is, against a vendor with the paths of its fixture. Now:',
    '  1. Put the vendor’s real paths and fields into index.ts and schema.ts (docs/connectors/writing.md).',
    '  2. Record real answers, without real people, in fixtures/answers.json.',
    `  3. npx vitest run --project unit backend/connectors/${id}`,
    `  4. Add a simulated vendor in backend/sandbox/vendors/${id} and its row in tests/support/vendor-cases.ts;`,
    '     npx vitest run --project integration tests/integration/connectors.contract.test.ts',
    `  5. Finish docs/connectors/${id}.md, then npm run format && npm run check`,
  ].join('\n')
}
