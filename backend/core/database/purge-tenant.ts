import { nativeDb } from './native-collection.ts'

/** Deletes what a tenant owns from the named collections, or from every collection but those kept. */
export async function purgeTenant(
  tenantId: string,
  which: { readonly only: readonly string[] } | { readonly except: readonly string[] },
): Promise<number> {
  if (tenantId === '') throw new TypeError('a purge needs a tenant')
  let deleted = 0
  for (const name of 'only' in which ? which.only : await othersThan(which.except)) {
    const result = await nativeDb().collection(name).deleteMany({ tenantId })
    deleted += result.deletedCount
  }
  return deleted
}

async function othersThan(kept: readonly string[]): Promise<string[]> {
  const found = await nativeDb()
    .listCollections({ type: 'collection' }, { nameOnly: true })
    .toArray()
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.') && !kept.includes(name))
}
