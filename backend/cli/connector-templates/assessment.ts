import type { KindTemplate, NewConnector } from './template.ts'

/** QTI packages by pages. */
export function assessmentTemplate({ name }: NewConnector): KindTemplate {
  return {
    summary: `Imports questions and tests from ${name} as QTI 3 packages.`,
    imports: `import { importPackages } from './import-packages.ts'\nimport { Status } from './schema.ts'`,
    capabilities: `    assessment: { import: importPackages },`,
    sources: {
      'schema.ts': `import { z } from 'zod'
import type { AssessmentPackage } from '../../connector-kit/index.ts'

export const Status = z.object({ version: z.string() })

const Package = z.object({ identifier: z.string().min(1), file: z.base64() }).transform(
  ({ identifier, file }): AssessmentPackage => ({
    identifier,
    file: Buffer.from(file, 'base64'),
  }),
)

export const Packages = z.object({ packages: z.array(Package), next: z.string().nullish() })
`,
      'import-packages.ts': `import type { AssessmentPackage, ConnectorContext } from '../../connector-kit/index.ts'
import { Packages } from './schema.ts'

type Context = Pick<ConnectorContext<unknown, unknown>, 'http' | 'signal'>

/** Package after package, page after page. */
export async function* importPackages(
  { http, signal }: Context,
  since: string | undefined,
): AsyncIterable<AssessmentPackage> {
  let cursor = since
  do {
    signal.throwIfAborted()
    const page = await http.get('packages', Packages, { query: { cursor } })
    yield* page.packages
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}
`,
    },
    answers: { '/packages': { packages: [{ identifier: 'p1', file: 'UEsFBg==' }] } },
    cases: `describe('assessment.import', () => {
  it('gives each package with its file', async () => {
    const pull = connector.capabilities.assessment?.import
    if (!pull) throw new TypeError('nothing to import')

    const packages = await collect(pull(open().ctx, undefined))

    expect(packages.map(({ identifier }) => identifier)).toEqual(['p1'])
    expect(packages[0]?.file).toHaveLength(4)
  })
})
`,
    guideRows: `| Question or test | Item in the item bank, by its QTI 3 package |`,
  }
}
