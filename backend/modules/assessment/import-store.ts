import mongoose, { Schema } from 'mongoose'
import { orderedBy } from '../../core/lists/index.ts'
import { tenantScoped } from '../../core/tenancy.ts'

/** What became of every file of one import. */
export interface ImportRow {
  readonly _id: string
  readonly tenantId: string
  readonly fileName: string
  readonly imported: readonly {
    readonly id: string
    readonly file: string
    readonly title: string
    readonly unchanged: boolean
    readonly notes: readonly string[]
  }[]
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
  readonly assets: number
  readonly createdAt: Date
}

/** Orders in which the list can be asked for: an import's id tells its time. */
export const importSort = { createdAt: { path: '_id', type: 'text' } } as const

const importSchema = new Schema<ImportRow>(
  {
    _id: String,
    fileName: { type: String, required: true },
    imported: { type: Schema.Types.Mixed, required: true },
    skipped: { type: Schema.Types.Mixed, required: true },
    assets: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'itemImports', autoIndex: false, versionKey: false },
)
importSchema.plugin(tenantScoped)
orderedBy(importSchema, importSort)

export const ImportModel = mongoose.model('ItemImport', importSchema)
