import mongoose from 'mongoose'

export type Fields = Readonly<Record<string, unknown>>
export type NativeCollection = mongoose.mongo.Collection<Record<string, unknown>>

/** The driver's database behind the process's connection: for work that has no model or must pass hooks by. */
export function nativeDb(): mongoose.mongo.Db {
  const { db } = mongoose.connection
  if (!db) throw new TypeError('the database is used before openDatabase')
  return db
}

export function nativeCollection(model: {
  readonly collection: { readonly collectionName: string }
}): NativeCollection {
  return nativeDb().collection(model.collection.collectionName)
}
