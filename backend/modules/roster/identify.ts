import { isDeepStrictEqual } from 'node:util'
import type { SourceKind } from '../../../shared/api/roster-matches.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { attach, namedContent } from './attach.ts'
import { type FieldOwnership, resolveFields, type Saying } from './field-owners.ts'
import {
  findIdentities,
  type IdentityRow,
  type IdentityWrite,
  type PersonValues,
  removeIdentities,
  saveIdentities,
} from './identity-store.ts'
import { judgeMatch, type Known, type Verdict } from './judge-match.ts'
import { UserModel, type UserRow } from './store.ts'

/** Somebody as a source sends them. */
export interface SourcePerson extends PersonValues {
  readonly theirId: string
  readonly storedId: string
  readonly identifier: string | null
}

export interface PersonSource {
  readonly id: string
  readonly kind: SourceKind
}

export interface Identified {
  /** As the roster calls them. */
  readonly personSourcedId: string
  /** What the roster is to say of them. */
  readonly content: ReturnType<typeof namedContent>
}

/** Who of the roster the people of a page are, and what holds of them where several sources know them. By `storedId`. */
export async function identifyPeople(
  ctx: TenantContext,
  source: PersonSource,
  people: readonly SourcePerson[],
  ownership: FieldOwnership,
): Promise<ReadonlyMap<string, Identified>> {
  const before = await identitiesOf(ctx, source, people)
  const judge = source.kind === 'lms' ? await createJudge(ctx, source, people, before) : () => null
  const writes: IdentityWrite[] = []
  const now = new Map<string, IdentityWrite>()
  for (const person of people) {
    const known = before.get(person.storedId)
    const after = settle(source, person, known, judge(person))
    now.set(person.storedId, after)
    if (known && isSame(known, after)) continue
    writes.push(after)
    if (known && known.personSourcedId === person.storedId && isElsewhere(after)) {
      await attach(ctx, after, after.personSourcedId)
    }
  }
  await saveIdentities(ctx, writes)
  return resolve(ctx, [...now.values()], ownership)
}

const isElsewhere = ({ personSourcedId, storedId }: IdentityWrite) => personSourcedId !== storedId

async function identitiesOf(
  ctx: TenantContext,
  source: PersonSource,
  people: readonly { readonly storedId: string }[],
): Promise<ReadonlyMap<string, IdentityRow>> {
  const storedId = { $in: people.map((person) => person.storedId) }
  const rows = await findIdentities(ctx, { sourceId: source.id, storedId })
  return new Map(rows.map((row) => [row.storedId, row]))
}

/** What is remembered of them, with what was found out now. */
function settle(
  source: PersonSource,
  person: SourcePerson,
  known: IdentityRow | undefined,
  verdict: Verdict | null,
): IdentityWrite {
  const { theirId, storedId, identifier, ...values } = person
  const base: IdentityWrite = {
    sourceId: source.id,
    sourceKind: source.kind,
    theirId,
    storedId,
    personSourcedId: known?.personSourcedId ?? storedId,
    identifier,
    values,
    status: known?.status ?? null,
    candidates: known?.candidates ?? [],
    rejected: known?.rejected ?? [],
    decidedBy: known?.decidedBy ?? null,
    decidedAt: known?.decidedAt ?? null,
  }
  if (verdict === null) return base
  if (verdict.is === 'certain') {
    const { sourcedId } = verdict
    const candidates = [{ sourcedId, because: ['identifier'] as const }]
    return { ...base, personSourcedId: sourcedId, status: 'certain', candidates }
  }
  if (verdict.is === 'nobody') {
    // A question whose reason has gone is no question any more.
    const isAsked = base.status === 'open' || base.status === 'later'
    return isAsked ? { ...base, status: null, candidates: [] } : base
  }
  return {
    ...base,
    status: base.status === 'later' ? 'later' : 'open',
    candidates: verdict.candidates,
  }
}

function isSame(known: IdentityRow, after: IdentityWrite): boolean {
  const names = Object.keys(after) as (keyof IdentityWrite)[]
  return names.every((name) => isDeepStrictEqual(known[name], after[name]))
}

/** Looks up, for a whole page at once, who could be meant. */
async function createJudge(
  ctx: TenantContext,
  source: PersonSource,
  people: readonly SourcePerson[],
  before: ReadonlyMap<string, IdentityRow>,
): Promise<(person: SourcePerson) => Verdict | null> {
  // What is settled stays, whatever comes: nothing is asked twice.
  const isSettled = ({ storedId }: SourcePerson) =>
    ['same', 'certain'].includes(before.get(storedId)?.status ?? '')
  const asked = people.filter((person) => !isSettled(person))
  const identifiers = [...new Set(asked.flatMap(({ identifier }) => identifier ?? []))]
  const emails = [...new Set(asked.flatMap(({ email }) => email ?? []))]
  if (identifiers.length + emails.length === 0) return () => null
  const { tenantId } = ctx
  const alike = await findIdentities(ctx, {
    identifier: { $in: identifiers },
    sourceId: { $ne: source.id },
  })
  const named = [...identifiers, ...alike.map(({ personSourcedId }) => personSourcedId)]
  const [byId, byMail] = await Promise.all([
    UserModel.find({ tenantId, sourcedId: { $in: named } }).lean<UserRow[]>(),
    emails.length === 0
      ? []
      : UserModel.find({ tenantId, email: { $in: emails } }).lean<UserRow[]>(),
  ])
  const found = new Map([...byId, ...byMail].map((row) => [row.sourcedId, knownOf(row)]))
  // One person of the roster is one person of a source: a second account is nobody's by itself.
  const takers = await findIdentities(ctx, {
    sourceId: source.id,
    personSourcedId: { $in: [...found.keys()] },
  })
  const takenBy = new Map(takers.map((row) => [row.personSourcedId, row.storedId]))
  return (person) => {
    if (isSettled(person)) return null
    const { storedId, identifier, email } = person
    const rejected = before.get(storedId)?.rejected ?? []
    const isPossible = ({ sourcedId }: Known) =>
      sourcedId !== storedId &&
      !rejected.includes(sourcedId) &&
      (takenBy.get(sourcedId) ?? storedId) === storedId
    const sourcedIds = new Set(
      identifier === null
        ? []
        : [
            identifier,
            ...alike
              .filter((row) => row.identifier === identifier)
              .map(({ personSourcedId }) => personSourcedId),
          ],
    )
    const named = [...sourcedIds].flatMap((id) => found.get(id) ?? []).filter(isPossible)
    const mailed =
      email === null
        ? []
        : [...found.values()].filter((one) => one.email === email && isPossible(one))
    const verdict = judgeMatch(person, named, mailed)
    if (verdict.is === 'certain') takenBy.set(verdict.sourcedId, storedId)
    return verdict
  }
}

function knownOf({ sourcedId, givenName, familyName, email }: UserRow): Known {
  return { sourcedId, givenName, familyName, email: email ?? null }
}

async function resolve(
  ctx: TenantContext,
  identities: readonly IdentityWrite[],
  ownership: FieldOwnership,
): Promise<ReadonlyMap<string, Identified>> {
  const persons = [...new Set(identities.map(({ personSourcedId }) => personSourcedId))]
  const others = await findIdentities(ctx, { personSourcedId: { $in: persons } })
  const elsewhere = persons.filter((id) =>
    identities.some((one) => one.personSourcedId === id && isElsewhere(one)),
  )
  const rows = elsewhere.length
    ? await UserModel.find({ tenantId: ctx.tenantId, sourcedId: { $in: elsewhere } }).lean<
        UserRow[]
      >()
    : []
  const rowOf = new Map(rows.map((row) => [row.sourcedId, row]))
  const sayingsOf = new Map<string, Saying[]>()
  for (const one of others) {
    const before = sayingsOf.get(one.personSourcedId) ?? []
    sayingsOf.set(one.personSourcedId, [...before, sayingOf(one)])
  }
  return new Map(
    identities.map((identity) => {
      const { personSourcedId, storedId, theirId } = identity
      const said = sayingsOf.get(personSourcedId) ?? []
      const row = rowOf.get(personSourcedId)
      // Entered here, or by a system that writes through the interface: its record is not a source's.
      const isOurs = row !== undefined && !said.some(({ isOwn }) => isOwn)
      const sayings = isOurs ? [enteredHere(row), ...said] : said
      const resolved = resolveFields(
        [sayings[0] ?? sayingOf(identity), ...sayings.slice(1)],
        ownership,
      )
      return [storedId, { personSourcedId, content: namedContent(resolved, theirId) }]
    }),
  )
}

export function sayingOf({
  sourceId,
  sourceKind,
  storedId,
  personSourcedId,
  values,
}: IdentityWrite): Saying {
  return { sourceId, sourceKind, isOwn: storedId === personSourcedId, values }
}

export function enteredHere({ givenName, familyName, email, role, grades }: UserRow): Saying {
  const values = { givenName, familyName, email: email ?? null, role, grades }
  return { sourceId: null, sourceKind: 'sis', isOwn: true, values }
}

/** Who of the roster people of a source are, by `storedId`; those who are not in it are themselves. */
export async function personsOf(
  ctx: TenantContext,
  sourceId: string,
  storedIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await findIdentities(ctx, { sourceId, storedId: { $in: [...storedIds] } })
  return new Map(rows.map(({ storedId, personSourcedId }) => [storedId, personSourcedId]))
}

/** The other way: what a source calls people of the roster who are matched with somebody of it. */
export async function storedIdsOf(
  ctx: TenantContext,
  sourceId: string,
  persons: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await findIdentities(ctx, { sourceId, personSourcedId: { $in: [...persons] } })
  return new Map(rows.map(({ storedId, personSourcedId }) => [personSourcedId, storedId]))
}

/** People of a source, by `storedId`, of whom other sources or people here have a say. */
export async function sharedPeople(
  ctx: TenantContext,
  sourceId: string,
  storedIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const ours = await personsOf(ctx, sourceId, storedIds)
  const others = await findIdentities(ctx, {
    personSourcedId: { $in: [...ours.values()] },
    sourceId: { $ne: sourceId },
  })
  const known = new Set(others.map(({ personSourcedId }) => personSourcedId))
  const shared = [...ours].filter(([storedId, person]) => person !== storedId || known.has(person))
  return new Set(shared.map(([storedId]) => storedId))
}

/** A source no longer has these people: answers whose records nobody else needs. */
export async function forgetPeople(
  ctx: TenantContext,
  sourceId: string,
  storedIds: readonly string[],
): Promise<string[]> {
  const shared = await sharedPeople(ctx, sourceId, storedIds)
  const rows = await findIdentities(ctx, { sourceId, storedId: { $in: [...storedIds] } })
  await removeIdentities(
    ctx,
    rows.map(({ _id }) => _id),
  )
  return storedIds.filter((storedId) => !shared.has(storedId))
}
