import type { Aggregate, PipelineStage, Query, Schema } from 'mongoose'
import mongoose from 'mongoose'
import { AppError } from '../../shared/errors.ts'

export type Principal =
  | { readonly kind: 'api-key'; readonly id: string }
  | { readonly kind: 'staff'; readonly id: string; readonly sessionId: string }
  | { readonly kind: 'launch'; readonly id: string; readonly userId: string }
  | { readonly kind: 'embed'; readonly id: string }
  /** An OAuth client; `userId` where a person consented. */
  | { readonly kind: 'oauth'; readonly id: string; readonly userId?: string }
  | { readonly kind: 'system'; readonly id: string }

/** Who acts, for which tenant, with which rights: the first parameter of every service, store function and job. */
export interface TenantContext {
  readonly tenantId: string
  readonly principal: Principal
  readonly scopes: ReadonlySet<string>
  readonly requestId: string
  /** Address of the caller, for the audit; absent for jobs and the CLI. */
  readonly remoteAddress?: string
  /** `test` for everything that acts in a sandbox; absent means live. */
  readonly mode?: 'live' | 'test'
  /** Dated API version that the credential is pinned to; absent: the newest. */
  readonly apiVersion?: string
  /** Ids of the only objects this credential opens (a launch or an embed); absent: the whole tenant. */
  readonly limitedTo?: readonly string[]
}

/** A context for work that no request started: a job, a seed, the CLI. It holds every scope. */
export function systemContext(
  tenantId: string,
  id: string,
  requestId = `sys-${id}`,
): TenantContext {
  return { tenantId, principal: { kind: 'system', id }, scopes: new Set(['*']), requestId }
}

export function hasScope(ctx: TenantContext, scope: string): boolean {
  return ctx.scopes.has('*') || ctx.scopes.has(scope)
}

/** Refuses as not found an object that a launch or an embed was not made for. */
export function assertOpens(ctx: TenantContext, id: string): void {
  if (ctx.limitedTo && !ctx.limitedTo.includes(id)) {
    throw new AppError('not_found', `${id} does not exist, or this launch was not made for it`)
  }
}

declare module 'mongoose' {
  interface QueryOptions {
    acrossTenants?: string
  }
  interface AggregateOptions {
    acrossTenants?: string
  }
}

// Mongoose types each schema by its document; only its identity matters here.
const scopedSchemas = new WeakSet<object>()

// Every model, scoped or not, could join into a scoped collection.
mongoose.plugin((schema: Schema) => {
  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    checkStages(this.model().modelName, this.pipeline())
  })
})

const filtered = [
  'find',
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'countDocuments',
  'distinct',
] as const

function isTenantFilter(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  if (value === null || typeof value !== 'object') return false
  const list = (value as { $in?: unknown }).$in
  return Array.isArray(list) && list.length > 0 && list.every((id) => typeof id === 'string')
}

function refuse(model: string, operation: string): never {
  throw new TypeError(
    `${model}.${operation} without tenantId: filter on ctx.tenantId, or say why not with { acrossTenants }`,
  )
}

function isScopedCollection(name: string): boolean {
  return mongoose
    .modelNames()
    .map((modelName) => mongoose.model(modelName))
    .some((model) => model.collection.name === name && scopedSchemas.has(model.schema))
}

/** Whether the first stage matches on a tenant. */
function startsWithTenant(pipeline: readonly unknown[]): boolean {
  const first = pipeline[0] as { $match?: { tenantId?: unknown } } | undefined
  const tenantId = first?.$match?.tenantId
  return isTenantFilter(tenantId) || isTenantExpression(first)
}

/** In a `$lookup` the tenant comes from the outer document: `{ $match: { $expr: { $eq: ['$tenantId', '$$tenantId'] } } }`. */
function isTenantExpression(stage: unknown): boolean {
  const text = JSON.stringify(stage ?? {})
  return text.includes('"$eq":["$tenantId","$$tenantId"]')
}

function checkStages(model: string, pipeline: readonly PipelineStage[]): void {
  for (const stage of pipeline) checkStage(model, stage)
}

function checkStage(model: string, stage: PipelineStage): void {
  if ('$lookup' in stage) checkJoin(model, '$lookup', stage.$lookup.from, stage.$lookup.pipeline)
  if ('$graphLookup' in stage) checkJoin(model, '$graphLookup', stage.$graphLookup.from)
  if ('$unionWith' in stage) {
    const union = stage.$unionWith
    if (typeof union === 'string') checkJoin(model, '$unionWith', union)
    else checkJoin(model, '$unionWith', union.coll, union.pipeline)
  }
  if ('$facet' in stage) {
    for (const inner of Object.values(stage.$facet)) checkStages(model, inner as PipelineStage[])
  }
}

function checkJoin(
  model: string,
  operation: string,
  from: string | undefined,
  pipeline?: readonly unknown[],
): void {
  if (from !== undefined && isScopedCollection(from) && !startsWithTenant(pipeline ?? [])) {
    refuse(model, `aggregate ${operation} into ${from}`)
  }
  if (pipeline) checkStages(model, pipeline as PipelineStage[])
}

/** Throws as the plugin does, for operations that pass by mongoose's hooks. */
export function assertNamesTenant(
  model: { readonly modelName: string; readonly schema: object },
  operation: string,
  filter: { readonly [name: string]: unknown },
): void {
  if (scopedSchemas.has(model.schema) && !isTenantFilter(filter['tenantId'])) {
    refuse(model.modelName, operation)
  }
}

interface BulkOperation {
  insertOne?: { document?: { tenantId?: unknown } }
  updateOne?: { filter?: { tenantId?: unknown } }
  updateMany?: { filter?: { tenantId?: unknown } }
  replaceOne?: { filter?: { tenantId?: unknown }; replacement?: { tenantId?: unknown } }
  deleteOne?: { filter?: { tenantId?: unknown } }
  deleteMany?: { filter?: { tenantId?: unknown } }
}

function bulkTenant(operation: BulkOperation): unknown {
  if (operation.insertOne) return operation.insertOne.document?.tenantId
  const write =
    operation.updateOne ??
    operation.updateMany ??
    operation.replaceOne ??
    operation.deleteOne ??
    operation.deleteMany
  return write?.filter?.tenantId
}

/**
 * Adds `tenantId` to a schema and refuses every operation that does not name it.
 * A lookup that comes before a tenant is known says why: `{ acrossTenants: 'login finds the platform' }`.
 */
export function tenantScoped(schema: Schema): void {
  scopedSchemas.add(schema)
  schema.add({ tenantId: { type: String, required: true, immutable: true } })

  for (const operation of filtered) {
    schema.pre(operation as 'find', function (this: Query<unknown, unknown>) {
      if (this.getOptions().acrossTenants) return
      if (!isTenantFilter(this.getFilter()['tenantId'])) refuse(this.model.modelName, operation)
    })
  }

  schema.pre('estimatedDocumentCount' as 'find', function (this: Query<unknown, unknown>) {
    refuse(this.model.modelName, 'estimatedDocumentCount')
  })

  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    const { modelName } = this.model()
    if (!this.options.acrossTenants && !startsWithTenant(this.pipeline())) {
      refuse(modelName, 'aggregate')
    }
  })

  schema.pre('insertMany', function (this: mongoose.Model<unknown>, docs: unknown) {
    for (const doc of Array.isArray(docs) ? docs : [docs]) {
      if (!isTenantFilter((doc as { tenantId?: unknown }).tenantId)) {
        refuse(this.modelName, 'insertMany')
      }
    }
  })

  schema.pre('bulkWrite', function (this: mongoose.Model<unknown>, operations: unknown) {
    for (const operation of operations as BulkOperation[]) {
      if (!isTenantFilter(bulkTenant(operation))) refuse(this.modelName, 'bulkWrite')
    }
  })
}
