import type { Page } from '../../../shared/api/contract.ts'
import type {
  MatchDecision,
  RosterMatch,
  RosterMatchList,
} from '../../../shared/api/roster-matches.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { attach, detach } from './attach.ts'
import {
  changeIdentity,
  findIdentities,
  findMatch,
  findMatches,
  type IdentityRow,
} from './identity-store.ts'
import { UserModel, type UserRow } from './store.ts'

const personalFields = ['givenName', 'familyName', 'email', 'role']

/** Who may be whom, with names; each page read is in the audit trail. */
export async function listMatches(
  ctx: TenantContext,
  query: RosterMatchList,
): Promise<Page<RosterMatch>> {
  const page = await findMatches(ctx, query)
  const people = await candidatesOf(ctx, page.rows)
  await audit(ctx, 'roster.matches.read', undefined, personalFields)
  return showPage(page, (row) => show(row, people))
}

export async function readMatch(ctx: TenantContext, id: string): Promise<RosterMatch> {
  const row = await mustFind(ctx, id)
  await audit(ctx, 'roster.match.read', id, personalFields)
  return show(row, await candidatesOf(ctx, [row]))
}

/** What a person says of a doubtful match holds at once, and is remembered by every later synchronisation. */
export async function decideMatch(
  ctx: TenantContext,
  id: string,
  { decision, sourcedId }: MatchDecision,
): Promise<RosterMatch> {
  const row = await mustFind(ctx, id)
  if (row.status === 'same' && decision !== 'same') {
    throw new AppError('conflict', 'They were joined; take that back first')
  }
  const decided = { decidedBy: ctx.principal.id, decidedAt: new Date() }
  if (decision === 'later') {
    if (row.status === 'certain') throw new AppError('conflict', 'It is matched; say so or not')
    return done(ctx, await change(ctx, row, { ...decided, status: 'later' }), decision)
  }
  if (decision === 'same') {
    const person = await chosen(ctx, row, sourcedId)
    const changed = await change(ctx, row, {
      ...decided,
      status: 'same',
      personSourcedId: person,
    })
    await attach(ctx, row, person)
    return done(ctx, changed, decision)
  }
  const isJoined = row.personSourcedId !== row.storedId
  const others = isJoined
    ? [row.personSourcedId]
    : row.candidates.map((candidate) => candidate.sourcedId)
  const changed = await change(ctx, row, {
    ...decided,
    status: 'different',
    personSourcedId: row.storedId,
    rejected: [...new Set([...row.rejected, ...others])],
  })
  if (isJoined) await detach(ctx, row, row.personSourcedId)
  return done(ctx, changed, decision)
}

/** The question is open again, and two records are two. */
export async function undoMatch(ctx: TenantContext, id: string): Promise<RosterMatch> {
  const row = await mustFind(ctx, id)
  if (row.status === 'open' || row.status === 'certain') {
    throw new AppError('conflict', 'Nobody has decided on it')
  }
  const isJoined = row.personSourcedId !== row.storedId
  const changed = await change(ctx, row, {
    status: 'open',
    personSourcedId: row.storedId,
    rejected: [],
    decidedBy: null,
    decidedAt: null,
  })
  if (isJoined) await detach(ctx, row, row.personSourcedId)
  return done(ctx, changed, 'undo')
}

async function mustFind(ctx: TenantContext, id: string): Promise<IdentityRow> {
  const row = await findMatch(ctx, id)
  if (!row) throw new AppError('not_found', `The match ${id} does not exist`)
  return row
}

async function chosen(
  ctx: TenantContext,
  row: IdentityRow,
  wanted: string | undefined,
): Promise<string> {
  const offered = row.candidates.map((candidate) => candidate.sourcedId)
  const person = wanted ?? (offered.length === 1 ? offered[0] : undefined)
  if (person === undefined) throw new AppError('conflict', 'Say which of the candidates it is')
  if (!offered.includes(person)) {
    throw new AppError('conflict', `${person} is none of the candidates; read the match again`)
  }
  const { tenantId } = ctx
  if (!(await UserModel.exists({ tenantId, sourcedId: person }))) {
    throw new AppError('conflict', `${person} is no longer in the roster`)
  }
  const [taker] = await findIdentities(ctx, {
    sourceId: row.sourceId,
    personSourcedId: person,
    storedId: { $ne: row.storedId },
  })
  if (taker) {
    throw new AppError(
      'conflict',
      `Another account of the same system (${taker.theirId}) is this person already`,
    )
  }
  return person
}

async function change(
  ctx: TenantContext,
  row: IdentityRow,
  set: Partial<IdentityRow>,
): Promise<IdentityRow> {
  const changed = await changeIdentity(ctx, row, set)
  if (!changed) throw new AppError('conflict', 'It was changed at this moment; read it again')
  return changed
}

async function done(ctx: TenantContext, row: IdentityRow, verb: string): Promise<RosterMatch> {
  await audit(ctx, `roster.match.${verb}`, row._id, [])
  return show(row, await candidatesOf(ctx, [row]))
}

async function candidatesOf(
  { tenantId }: TenantContext,
  rows: readonly IdentityRow[],
): Promise<ReadonlyMap<string, UserRow>> {
  const ids = rows.flatMap(({ candidates, personSourcedId }) => [
    personSourcedId,
    ...candidates.map(({ sourcedId }) => sourcedId),
  ])
  const found = await UserModel.find({ tenantId, sourcedId: { $in: ids } }).lean<UserRow[]>()
  return new Map(found.map((row) => [row.sourcedId, row]))
}

function show(row: IdentityRow, people: ReadonlyMap<string, UserRow>): RosterMatch {
  const { storedId, personSourcedId, theirId, values } = row
  const isJoined = personSourcedId !== storedId
  return {
    id: row._id,
    sourceId: row.sourceId,
    sourceKind: row.sourceKind,
    // Found by its status.
    status: row.status ?? 'open',
    theirId,
    person: {
      sourcedId: storedId,
      givenName: values.givenName,
      familyName: values.familyName,
      email: values.email,
      role: values.role,
    },
    candidates: row.candidates.flatMap(({ sourcedId, because }) => {
      const person = people.get(sourcedId)
      if (!person) return []
      const { givenName, familyName, email = null, role } = person
      return [{ sourcedId, givenName, familyName, email, role, because: [...because] }]
    }),
    matchedWith: isJoined ? personSourcedId : null,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function audit(
  ctx: TenantContext,
  action: string,
  id: string | undefined,
  fields: readonly string[],
): Promise<void> {
  return recordAudit(ctx, {
    action,
    ...(id && { target: { type: 'roster.match', id } }),
    fields,
    result: 'success',
  })
}
