import { writeRosterRows } from '../../backend/modules/roster/index.ts'
import type { TestTenant } from './app.ts'

/** An assignment of the class `c1`, as a synchronisation writes it; answers its id. */
export async function addAssignment(
  { ctx }: Pick<TestTenant, 'ctx'>,
  no: number,
  dueAt: string | null = '2026-12-01T12:00:00.000Z',
): Promise<string> {
  const { results } = await writeRosterRows(ctx, 'assignment', [
    {
      method: 'upsert',
      sourcedId: `a${no}`,
      classSourcedId: 'c1',
      title: `Homework ${no}`,
      opensAt: null,
      dueAt,
      closesAt: null,
      exceptions: [],
    },
  ])
  const id = results[0]?.id
  if (!id) throw new Error(`the assignment was not written: ${JSON.stringify(results)}`)
  return id
}
