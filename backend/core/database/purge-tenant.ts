import { nativeDb } from './native-collection.ts'

/** Deletes what a tenant owns from the named collections, or from every collection but those kept. */
export async function purgeTenant(
  tenantId: string,
  which: { readonly only: readonly string[] } | { readonly except: readonly string[] },
): Promise<number> {
  const counts = await purgeTenantCounting(tenantId, which)
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** The same, answering how many documents went, by collection. */
export async function purgeTenantCounting(
  tenantId: string,
  which: { readonly only: readonly string[] } | { readonly except: readonly string[] },
): Promise<Record<string, number>> {
  if (tenantId === '') throw new TypeError('a purge needs a tenant')
  const counts: Record<string, number> = {}
  for (const name of 'only' in which ? which.only : await othersThan(which.except)) {
    const { deletedCount } = await nativeDb().collection(name).deleteMany({ tenantId })
    if (deletedCount > 0) counts[name] = deletedCount
  }
  return counts
}

/** How many documents any collection still holds of these tenants. */
export async function countOf(tenantIds: readonly string[]): Promise<number> {
  let found = 0
  for (const name of await othersThan([])) {
    found += await nativeDb()
      .collection(name)
      .countDocuments({ tenantId: { $in: [...tenantIds] } })
  }
  return found
}

async function othersThan(kept: readonly string[]): Promise<string[]> {
  const found = await nativeDb()
    .listCollections({ type: 'collection' }, { nameOnly: true })
    .toArray()
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.') && !kept.includes(name))
}
