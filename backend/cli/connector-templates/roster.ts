import type { KindTemplate, NewConnector } from './template.ts'

/** Classes, people and enrolments by pages; of a learning platform as courses, of a school's records as a roster. */
export function rosterTemplate({ name, kind }: NewConnector): KindTemplate {
  const capability = kind === 'sis' ? 'roster' : 'courses'
  return {
    summary: `Reads classes and who teaches and learns in them from ${name}.`,
    imports: `import { pullRoster } from './pull-roster.ts'\nimport { Status } from './schema.ts'`,
    capabilities: `    ${capability}: { pull: pullRoster },`,
    sources: {
      'schema.ts': `import { z } from 'zod'
import { EnrollmentBody, RosterClassBody, RosterUserBody } from '../../../shared/api/roster-bulk.ts'

export const Status = z.object({ version: z.string() })

/** The rows are read one by one, so that a bad one does not take the others along. */
const Rows = z.array(z.unknown())

export const Page = z.object({
  classes: Rows,
  users: Rows,
  enrollments: Rows,
  next: z.string().nullish(),
})

export const ClassRow = RosterClassBody
export const UserRow = RosterUserBody
export const EnrollmentRow = EnrollmentBody

const Identified = z.object({ sourcedId: z.string() })

/** The identifier of a row, whatever else is wrong with it. */
export function idOf(row: unknown): string | null {
  return Identified.safeParse(row).data?.sourcedId ?? null
}
`,
      'pull-roster.ts': `import { type ConnectorContext, type RosterPage, readRows } from '../../connector-kit/index.ts'
import { ClassRow, EnrollmentRow, idOf, Page, UserRow } from './schema.ts'

type Context = Pick<ConnectorContext<unknown, unknown>, 'http' | 'signal'>

/** Page after page; the cursor is the one of the other system. */
export async function* pullRoster(
  { http, signal }: Context,
  since: string | undefined,
): AsyncIterable<RosterPage> {
  let cursor = since
  do {
    signal.throwIfAborted()
    const page = await http.get('roster', Page, { query: { cursor } })
    const classes = readRows(page.classes, { schema: ClassRow, kind: 'classes', idOf })
    const users = readRows(page.users, { schema: UserRow, kind: 'users', idOf })
    const enrollments = readRows(page.enrollments, {
      schema: EnrollmentRow,
      kind: 'enrollments',
      idOf,
    })
    cursor = page.next ?? undefined
    yield {
      classes: classes.taken,
      users: users.taken,
      enrollments: enrollments.taken,
      refused: [...classes.refused, ...users.refused, ...enrollments.refused],
      ...(cursor !== undefined && { cursor }),
    }
  } while (cursor !== undefined)
}
`,
    },
    answers: {
      '/roster': {
        classes: [{ sourcedId: 'c1', title: '7A' }],
        users: [
          { sourcedId: 'u1', givenName: 'Ada', familyName: 'Byron', role: 'student' },
          { sourcedId: 'u2', givenName: 'Mary', familyName: '', role: 'teacher' },
        ],
        enrollments: [
          { sourcedId: 'e1', classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' },
        ],
      },
    },
    cases: `describe('${capability}.pull', () => {
  it('gives records, and says which it refuses and why', async () => {
    const { ${capability} } = connector.capabilities
    if (!${capability}) throw new TypeError('nothing to pull')

    const [page] = await collect(${capability}.pull(open().ctx, undefined))

    expect(page?.classes?.map(({ title }) => title)).toEqual(['7A'])
    expect(page?.users?.map(({ givenName }) => givenName)).toEqual(['Ada'])
    expect(page?.refused).toMatchObject([{ kind: 'users', sourcedId: 'u2', path: '$.familyName' }])
  })
})
`,
    guideRows: `| Class | Class |
| Teacher, student | Teacher, student of the class |
| Anybody else | Refused, with the reason in the report of the run |`,
  }
}
