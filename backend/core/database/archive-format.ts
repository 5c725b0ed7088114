import mongoose from 'mongoose'
import { z } from 'zod'
import type { Fields } from './native-collection.ts'

const { EJSON } = mongoose.mongo.BSON

export const archiveFormat = 'edpsych-connect-export'
export const archiveVersion = 1
export const manifestName = 'manifest.json'

/** What an export holds; the counts and checksums are compared before an import writes anything. */
export const Manifest = z.object({
  format: z.literal(archiveFormat),
  version: z.int().positive(),
  createdAt: z.iso.datetime(),
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('tenants'), tenantIds: z.array(z.string().min(1)).min(1) }),
  ]),
  collections: z.array(
    z.object({
      name: z.string().regex(/^(?!system\.)[^$\0]+$/),
      /** Field that holds the tenant's id; a whole database needs none. */
      tenantField: z.string().min(1).optional(),
      count: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
export type Manifest = z.output<typeof Manifest>
export type Scope = Manifest['scope']
export type ManifestCollection = Manifest['collections'][number]

/** Where a collection lies in the zip. */
export function entryName(collection: string): string {
  return `collections/${encodeURIComponent(collection)}.ejsonl`
}

/** One line of canonical extended JSON: every type survives. */
export function toLine(document: Fields): string {
  return `${EJSON.stringify(document, { relaxed: false })}\n`
}

/** The document of a line; throws where it is not one. */
export function fromLine(line: string): Fields {
  const document: unknown = EJSON.parse(line, { relaxed: false })
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new SyntaxError('a line is not a document')
  }
  // A parsed JSON object has string keys and nothing else is promised.
  return document as Fields
}
