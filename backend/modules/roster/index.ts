import { assignmentsApi } from '../../../shared/api/assignments.ts'
import { rosterApi } from '../../../shared/api/roster.ts'
import { rosterMatchesApi } from '../../../shared/api/roster-matches.ts'
import { defineModule } from '../../core/module.ts'
import { writeBulk } from './bulk.ts'
import type { FieldOwnership } from './field-owners.ts'
import { IdentityModel } from './identity-store.ts'
import { listAssignments, listClasses, listEnrollments, listUsers, readUser } from './lists.ts'
import { decideMatch, listMatches, readMatch, undoMatch } from './matches.ts'
import { readPersonSources } from './person-sources.ts'
import { changeRecord, createRecord, findRecord, removeRecord } from './records.ts'
import { AssignmentModel, ClassModel, EnrollmentModel, UserModel } from './store.ts'
import { showAssignment, showClass, showEnrollment, showUser } from './views.ts'

export { writeRows as writeRosterRows } from './bulk.ts'
export type { FieldOwnership } from './field-owners.ts'
export {
  forgetPeople,
  identifyPeople,
  personsOf,
  type SourcePerson,
  sharedPeople,
  storedIdsOf,
} from './identify.ts'
export { type RosterContent, readContent as readRosterContent } from './read-content.ts'
export { countRoster, type Kind as RosterRowKind, type Roster } from './store.ts'
export { findTaughtClasses, resolveClass } from './taught-classes.ts'
export { upsertRoster } from './upsert-roster.ts'

/** The models whose documents carry events to be relayed. */
export const rosterOutboxModels = [UserModel, ClassModel, EnrollmentModel, AssignmentModel]

export interface RosterOptions {
  /** Which kind of source has the last word on a field. */
  ownershipOf(tenantId: string): Promise<FieldOwnership>
}

/** People and classes under their OneRoster names. */
export const createRosterModule = ({ ownershipOf }: RosterOptions) =>
  defineModule({
    name: 'roster',
    contract: { ...rosterApi, ...assignmentsApi, ...rosterMatchesApi },
    models: [...rosterOutboxModels, IdentityModel],
    handlers: {
      'GET /api/v1/roster/matches': (ctx, { query }) => listMatches(ctx, query),
      'GET /api/v1/roster/matches/:id': (ctx, { params }) => readMatch(ctx, params.id),
      'POST /api/v1/roster/matches/:id/decide': (ctx, { params, body }) =>
        decideMatch(ctx, params.id, body),
      'POST /api/v1/roster/matches/:id/undo': (ctx, { params }) => undoMatch(ctx, params.id),
      'GET /api/v1/users/:id/sources': async (ctx, { params }) =>
        readPersonSources(ctx, params.id, await ownershipOf(ctx.tenantId)),
      'GET /api/v1/users': (ctx, { query }) => listUsers(ctx, query),
      'POST /api/v1/users': async (ctx, { body }) =>
        showUser(await createRecord(ctx, 'user', body)),
      'POST /api/v1/users/bulk': (ctx, { body }) => writeBulk(ctx, 'user', body.operations),
      'GET /api/v1/users/:id': (ctx, { params }) => readUser(ctx, params.id),
      'PATCH /api/v1/users/:id': async (ctx, { params, body }, { ifMatch }) =>
        showUser(await changeRecord(ctx, 'user', params.id, body, { ifMatch, show: showUser })),
      'DELETE /api/v1/users/:id': (ctx, { params }, { ifMatch }) =>
        removeRecord(ctx, 'user', params.id, { ifMatch, show: showUser }),

      'GET /api/v1/classes': (ctx, { query }) => listClasses(ctx, query),
      'POST /api/v1/classes': async (ctx, { body }) =>
        showClass(await createRecord(ctx, 'class', body)),
      'POST /api/v1/classes/bulk': (ctx, { body }) => writeBulk(ctx, 'class', body.operations),
      'GET /api/v1/classes/:id': async (ctx, { params }) =>
        showClass(await findRecord(ctx, 'class', params.id)),
      'PATCH /api/v1/classes/:id': async (ctx, { params, body }, { ifMatch }) =>
        showClass(await changeRecord(ctx, 'class', params.id, body, { ifMatch, show: showClass })),
      'DELETE /api/v1/classes/:id': (ctx, { params }, { ifMatch }) =>
        removeRecord(ctx, 'class', params.id, { ifMatch, show: showClass }),

      'GET /api/v1/enrollments': (ctx, { query }) => listEnrollments(ctx, query),
      'POST /api/v1/enrollments': async (ctx, { body }) =>
        showEnrollment(await createRecord(ctx, 'enrollment', body, body)),
      'POST /api/v1/enrollments/bulk': (ctx, { body }) =>
        writeBulk(ctx, 'enrollment', body.operations),
      'GET /api/v1/enrollments/:id': async (ctx, { params }) =>
        showEnrollment(await findRecord(ctx, 'enrollment', params.id)),
      'PATCH /api/v1/enrollments/:id': async (ctx, { params, body }, { ifMatch }) => {
        const how = { ifMatch, show: showEnrollment }
        return showEnrollment(await changeRecord(ctx, 'enrollment', params.id, body, how))
      },
      'DELETE /api/v1/enrollments/:id': (ctx, { params }, { ifMatch }) =>
        removeRecord(ctx, 'enrollment', params.id, { ifMatch, show: showEnrollment }),
      'GET /api/v1/assignments': (ctx, { query }) => listAssignments(ctx, query),
      'GET /api/v1/assignments/:id': async (ctx, { params }) =>
        showAssignment(await findRecord(ctx, 'assignment', params.id)),
    },
  })
