import type { Item } from '../../../shared/qti/item.ts'
import { readItem } from '../../../shared/qti/read-item.ts'
import type { RevisionRow } from './store.ts'

const kept = 500
const parsed = new Map<string, Item>()

/** The model of a revision; revisions never change, so the last few hundred stay parsed. */
export function itemOf(revision: Pick<RevisionRow, '_id' | 'xml' | 'file'>): Item {
  const known = parsed.get(revision._id)
  if (known) {
    parsed.delete(revision._id)
    parsed.set(revision._id, known)
    return known
  }
  const item = readItem(revision.xml, { file: revision.file })
  parsed.set(revision._id, item)
  const oldest = parsed.keys().next()
  if (parsed.size > kept && !oldest.done) parsed.delete(oldest.value)
  return item
}
