import { AppError } from '../../../shared/errors.ts'
import { type EventType, eventTypes, isEventType } from '../../../shared/events.ts'

/** Refuses names that are not in the catalogue and says which ones are near. */
export function checkEventTypes(names: readonly string[]): string[] {
  const unknown = names.flatMap((name, index) =>
    name === '*' || isEventType(name) ? [] : [{ name, index }],
  )
  if (unknown.length > 0) {
    throw new AppError(
      'event_type_unknown',
      'Name event types exactly as GET /api/v1/event-types lists them, or * for all',
      {
        errors: unknown.map(({ name, index }) => ({
          pointer: `#/eventTypes/${index}`,
          code: 'event_type_unknown',
          detail: adviceFor(name),
        })),
      },
    )
  }
  return [...new Set(names)]
}

export function checkEventType(name: string): EventType {
  if (isEventType(name)) return name
  throw new AppError(
    'event_type_unknown',
    `There is no event type of this name; ${adviceFor(name)}`,
  )
}

function adviceFor(name: string): string {
  const near = nearest(name)
  return near.length > 0 ? `near it are ${near.join(', ')}` : 'nothing in the catalogue is near it'
}

function nearest(name: string): string[] {
  const text = name.toLowerCase()
  const area = text.split('.')[0] ?? ''
  return eventTypes
    .map((type) => ({ type, distance: distanceBetween(text, type) }))
    .filter(({ type, distance }) => distance <= 4 || (area !== '' && type.split('.')[0] === area))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ type }) => type)
}

/** Levenshtein's. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
