import mongoose, { Schema } from 'mongoose'
import { beforeAll, expect, it } from 'vitest'
import { assertOpens, hasScope, systemContext, tenantScoped } from './tenancy.ts'

// Refusals come before any connection, so none is made; an allowed operation fails on the buffer instead.
mongoose.set('bufferTimeoutMS', 20)

const scopedSchema = new Schema({ _id: String, name: String, parent: { type: String, ref: 'Org' } })
scopedSchema.plugin(tenantScoped)
const Org = mongoose.model('Org', scopedSchema, 'orgs')
const OpenModel = mongoose.model('Open', new Schema({ name: String }), 'opens')

const unscoped = /without tenantId/
const allowed = /buffering timed out/

let operations: Record<string, () => Promise<unknown>>

beforeAll(() => {
  operations = {
    find: () => Org.find({ name: 'x' }),
    findOne: () => Org.findOne({}),
    findById: () => Org.findById('x'),
    exists: () => Org.exists({ name: 'x' }),
    findOneAndUpdate: () => Org.findOneAndUpdate({ name: 'x' }, { name: 'y' }),
    findByIdAndUpdate: () => Org.findByIdAndUpdate('x', { name: 'y' }),
    findOneAndDelete: () => Org.findOneAndDelete({ name: 'x' }),
    findOneAndReplace: () => Org.findOneAndReplace({ name: 'x' }, { name: 'y' }),
    updateOne: () => Org.updateOne({ name: 'x' }, { name: 'y' }),
    updateMany: () => Org.updateMany({}, { name: 'y' }),
    replaceOne: () => Org.replaceOne({ name: 'x' }, { name: 'y' }),
    deleteOne: () => Org.deleteOne({ name: 'x' }),
    deleteMany: () => Org.deleteMany({}),
    countDocuments: () => Org.countDocuments({}),
    estimatedDocumentCount: () => Org.estimatedDocumentCount(),
    distinct: () => Org.distinct('name'),
    'find by a null tenant': () => Org.find({ tenantId: null }),
    'find by an operator object': () => Org.find({ tenantId: { $ne: 'x' } }),
    'find by an empty tenant': () => Org.find({ tenantId: '' }),
    'find in an empty list': () => Org.find({ tenantId: { $in: [] } }),
    aggregate: () => Org.aggregate([{ $group: { _id: null } }]),
    'aggregate that matches late': () =>
      Org.aggregate([{ $sort: { name: 1 } }, { $match: { tenantId: 't1' } }]),
    'aggregate with an open $lookup': () =>
      Org.aggregate([
        { $match: { tenantId: 't1' } },
        { $lookup: { from: 'orgs', localField: 'parent', foreignField: '_id', as: 'up' } },
      ]),
    'aggregate with an open $unionWith': () =>
      Org.aggregate([{ $match: { tenantId: 't1' } }, { $unionWith: 'orgs' }]),
    'aggregate with a $graphLookup': () =>
      Org.aggregate([
        { $match: { tenantId: 't1' } },
        {
          $graphLookup: {
            from: 'orgs',
            startWith: '$parent',
            connectFromField: 'parent',
            connectToField: '_id',
            as: 'up',
          },
        },
      ]),
    'aggregate of an unscoped collection into a scoped one': () =>
      OpenModel.aggregate([{ $unionWith: { coll: 'orgs', pipeline: [] } }]),
    'aggregate with an open $lookup inside a $facet': () =>
      Org.aggregate([{ $match: { tenantId: 't1' } }, { $facet: { a: [{ $unionWith: 'orgs' }] } }]),
    insertMany: () => Org.insertMany([{ _id: 'a', tenantId: 't1' }, { _id: 'b' }]),
    'bulkWrite insertOne': () => Org.bulkWrite([{ insertOne: { document: { _id: 'a' } } }]),
    'bulkWrite updateOne': () =>
      Org.bulkWrite([{ updateOne: { filter: { _id: 'a' }, update: { $set: { name: 'x' } } } }]),
    'bulkWrite deleteMany': () => Org.bulkWrite([{ deleteMany: { filter: {} } }]),
    populate: () => Org.find({ tenantId: 't1' }).then((rows) => Org.populate(rows, 'parent')),
  }
})

const names = [
  'find',
  'findOne',
  'findById',
  'exists',
  'findOneAndUpdate',
  'findByIdAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'countDocuments',
  'estimatedDocumentCount',
  'distinct',
  'find by a null tenant',
  'find by an operator object',
  'find by an empty tenant',
  'find in an empty list',
  'aggregate',
  'aggregate that matches late',
  'aggregate with an open $lookup',
  'aggregate with an open $unionWith',
  'aggregate with a $graphLookup',
  'aggregate of an unscoped collection into a scoped one',
  'aggregate with an open $lookup inside a $facet',
  'insertMany',
  'bulkWrite insertOne',
  'bulkWrite updateOne',
  'bulkWrite deleteMany',
]

it.each(names)('refuses %s without a tenant', async (name) => {
  await expect(operations[name]?.()).rejects.toThrow(unscoped)
})

it('refuses to populate a document of a scoped collection without its tenant', async () => {
  const rows = [{ _id: 'a', tenantId: 't1', parent: 'b' }]

  await expect(Org.populate(rows, { path: 'parent' })).rejects.toThrow(unscoped)
})

it.each([
  ['find', () => Org.find({ tenantId: 't1', name: 'x' })],
  ['find in several tenants', () => Org.find({ tenantId: { $in: ['t1', 't2'] } })],
  ['find with a reason', () => Org.find({ name: 'x' }, null, { acrossTenants: 'a test' })],
  ['aggregate', () => Org.aggregate([{ $match: { tenantId: 't1' } }])],
  [
    'a $lookup bound to the outer tenant',
    () =>
      Org.aggregate([
        { $match: { tenantId: 't1' } },
        {
          $lookup: {
            from: 'orgs',
            let: { tenantId: '$tenantId' },
            pipeline: [{ $match: { $expr: { $eq: ['$tenantId', '$$tenantId'] } } }],
            as: 'peers',
          },
        },
      ]),
  ],
  ['insertMany', () => Org.insertMany([{ _id: 'a', tenantId: 't1' }])],
  ['bulkWrite', () => Org.bulkWrite([{ deleteOne: { filter: { _id: 'a', tenantId: 't1' } } }])],
])('lets %s with a tenant through', async (_name, operation: () => Promise<unknown>) => {
  await expect(operation()).rejects.toThrow(allowed)
})

it('opens only what a launch was made for', () => {
  const ctx = { ...systemContext('t1', 'x'), limitedTo: ['itm_1'] }

  expect(() => assertOpens(ctx, 'itm_1')).not.toThrow()
  expect(() => assertOpens(ctx, 'itm_2')).toThrow('itm_2 does not exist')
})

it('gives a system context every scope and others only their own', () => {
  expect(hasScope(systemContext('t1', 'job'), 'items.read')).toBe(true)
  expect(hasScope({ ...systemContext('t1', 'x'), scopes: new Set(['a']) }, 'items.read')).toBe(
    false,
  )
})
