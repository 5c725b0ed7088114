import mongoose from 'mongoose'
import type { BulkOptions } from './bulk-batch.ts'
import { type BulkRecord, type BulkResult, bulkWrite } from './bulk-write.ts'
import { type Fields, nativeCollection } from './native-collection.ts'

/** The part of a mongoose model that is used, whatever its document. */
interface BulkModel {
  readonly modelName: string
  readonly schema: { path(name: string): unknown; get(option: 'timestamps'): unknown }
  readonly collection: { readonly collectionName: string }
  new (fields: Fields): { validate(): Promise<void>; toBSON(): object }
}

export interface BulkWriteModelOptions extends Pick<BulkOptions, 'companions' | 'onOutcome'> {
  /** Required for tenant data: given to every record and part of every look-up and update. */
  readonly tenantId?: string
  /** Fields beside `tenantId` that tell which document a record is; a unique index must cover them. */
  readonly key: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Brings a model's collection to the state of the records: new ones are inserted with the schema's defaults,
 * existing ones get the given fields that differ. Records are cast and validated by the schema.
 *
 * @example await bulkWriteModel(UserModel, users, { tenantId: ctx.tenantId, key: ['sourcedId'] })
 */
export async function bulkWriteModel(
  model: BulkModel,
  records: Iterable<Fields> | AsyncIterable<Fields>,
  { tenantId, key, signal, companions, onOutcome }: BulkWriteModelOptions,
): Promise<BulkResult> {
  const isScoped = model.schema.path('tenantId') !== undefined
  if (isScoped !== (tenantId !== undefined)) {
    throw new TypeError(`${model.modelName} ${isScoped ? 'needs a' : 'has no'} tenantId`)
  }
  const scope = tenantId === undefined ? {} : { tenantId }
  const now = new Date()
  const { createdAt, updatedAt } = timestampFields(model)

  async function* prepared(): AsyncGenerator<BulkRecord> {
    for await (const record of records) yield await prepare(record)
  }

  async function prepare(record: Fields): Promise<BulkRecord> {
    const given = record['tenantId']
    if (given !== undefined && given !== tenantId) {
      throw new TypeError(`a record of another tenant was given to ${model.modelName}`)
    }
    const document = new model({ ...record, ...scope })
    const problem = await document.validate().then(() => undefined, problemOf)
    if (problem !== undefined) return { reason: problem }
    // What would be stored: cast, with defaults, without virtuals.
    const stored = document.toBSON() as Fields
    const set = Object.fromEntries(
      Object.keys(record)
        .filter((field) => field in stored)
        .map((field) => [field, stored[field]]),
    )
    return { insert: { ...stored, ...stamp(createdAt, now), ...stamp(updatedAt, now) }, set }
  }

  return bulkWrite(prepared(), {
    collection: nativeCollection(model),
    key,
    within: scope,
    mode: 'merge',
    onUpdate: stamp(updatedAt, now),
    ...(companions ? { companions } : {}),
    ...(onOutcome ? { onOutcome } : {}),
    ...(signal ? { signal } : {}),
  })
}

/** Names the field and the rule; mongoose's own message repeats the value. */
function problemOf(error: unknown): string {
  if (!(error instanceof mongoose.Error.ValidationError)) throw error
  const [path = 'record', rule] = Object.entries(error.errors)[0] ?? []
  return `${path} is not valid (${rule?.kind ?? 'unknown'})`
}

function stamp(field: string | undefined, now: Date): Fields {
  return field === undefined ? {} : { [field]: now }
}

function timestampFields({ schema }: BulkModel): { createdAt?: string; updatedAt?: string } {
  const timestamps = schema.get('timestamps')
  if (timestamps === undefined || timestamps === false) return {}
  const names: { createdAt?: unknown; updatedAt?: unknown } = { ...Object(timestamps) }
  return {
    ...fieldName('createdAt', names.createdAt),
    ...fieldName('updatedAt', names.updatedAt),
  }
}

function fieldName(field: 'createdAt' | 'updatedAt', name: unknown) {
  if (name === false) return {}
  return { [field]: typeof name === 'string' ? name : field }
}
