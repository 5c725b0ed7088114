import type { ltiLineItemsApi } from '../../../../shared/api/lti-line-items.ts'
import type { Handlers } from '../../../core/module.ts'
import {
  addLineItem,
  editLineItem,
  getLineItem,
  type LineItemDeps,
  listGradebookResults,
  listLineItems,
  refreshLineItems,
  removeLineItem,
} from './line-items.ts'

export function lineItemHandlers(deps: LineItemDeps) {
  return {
    'GET /api/v1/lti/courses/:id/line-items': (ctx, { params, query }) =>
      listLineItems(ctx, params.id, query),
    'POST /api/v1/lti/courses/:id/line-items': (ctx, { params, body }) =>
      addLineItem(deps, ctx, params.id, body),
    'POST /api/v1/lti/courses/:id/line-items/refresh': (ctx, { params }) =>
      refreshLineItems(deps, ctx, params.id),
    'GET /api/v1/lti/courses/:id/line-items/:lineItemId': (ctx, { params }) =>
      getLineItem(deps, ctx, params.id, params.lineItemId),
    'PATCH /api/v1/lti/courses/:id/line-items/:lineItemId': (ctx, { params, body }) =>
      editLineItem(deps, ctx, params.id, params.lineItemId, body),
    'DELETE /api/v1/lti/courses/:id/line-items/:lineItemId': (ctx, { params }) =>
      removeLineItem(deps, ctx, params.id, params.lineItemId),
    'GET /api/v1/lti/courses/:id/line-items/:lineItemId/results': (ctx, { params, query }) =>
      listGradebookResults(deps, ctx, params.id, params.lineItemId, query.userId),
  } satisfies Handlers<typeof ltiLineItemsApi>
}
