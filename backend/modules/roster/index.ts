import { operationsApi } from '../../../shared/api/operations.ts'
import { defineModule } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import { listClasses, listEnrollments, listUsers } from './roster.ts'
import { ClassModel, EnrollmentModel, UserModel } from './store.ts'

export type { Roster } from './store.ts'
export { upsertRoster } from './upsert-roster.ts'

const contract = pickRoutes(operationsApi, [
  'GET /api/v1/users',
  'GET /api/v1/classes',
  'GET /api/v1/enrollments',
])

/** People and classes under their OneRoster names. */
export const rosterModule = defineModule({
  name: 'roster',
  contract,
  models: [UserModel, ClassModel, EnrollmentModel],
  handlers: {
    'GET /api/v1/users': (ctx, { query }) => listUsers(ctx, query),
    'GET /api/v1/classes': (ctx, { query }) => listClasses(ctx, query),
    'GET /api/v1/enrollments': (ctx, { query }) => listEnrollments(ctx, query),
  },
})
