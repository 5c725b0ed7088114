import { findIdentities, saveIdentities } from '../../backend/modules/roster/identity-store.ts'

/** Somebody of an LMS who may be a person of the roster; answers the id of the question. */
export async function addMatch(tenantId: string, no: number): Promise<string> {
  const storedId = `plat_lists:person-${no}`
  const person = { givenName: `Given ${no}`, familyName: 'Alike', email: 'alike@lists.example' }
  await saveIdentities({ tenantId }, [
    {
      sourceId: 'plat_lists',
      sourceKind: 'lms',
      theirId: `person-${no}`,
      storedId,
      personSourcedId: storedId,
      identifier: null,
      values: { ...person, role: 'student', grades: [] },
      status: 'open',
      candidates: [{ sourcedId: 'u1', because: ['email'] }],
      rejected: [],
      decidedBy: null,
      decidedAt: null,
    },
  ])
  const [row] = await findIdentities({ tenantId }, { storedId })
  if (!row) throw new Error('the match was not saved')
  return row._id
}
