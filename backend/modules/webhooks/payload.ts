import { type DomainEvent, type EventDescription, eventCatalogue } from '../../../shared/events.ts'

type Data = Readonly<Record<string, unknown>>

/** What a reader without further rights may know: identifiers and where the rest is. */
export function thinData(event: Pick<DomainEvent, 'type' | 'data'>, publicUrl: string): Data {
  const { details } = descriptionOf(event)
  const hidden = new Set(details?.fields)
  const kept = Object.entries(event.data).filter(([field]) => !hidden.has(field))
  return { ...Object.fromEntries(kept), links: linksOf(event, publicUrl) }
}

/** Where the rest of an event can be read, each with the reader's own rights. */
export function linksOf(
  event: Pick<DomainEvent, 'type' | 'data'>,
  publicUrl: string,
): Record<string, string> {
  const links = Object.entries(descriptionOf(event).links)
  return Object.fromEntries(
    links.map(([name, link]) => [name, `${publicUrl}${fillLink(link, event.data)}`]),
  )
}

export function fillLink(link: string, data: object): string {
  const fields = data as Data
  return link.replace(/:(\w+)/g, (_, field: string) => encodeURIComponent(String(fields[field])))
}

export function descriptionOf({ type }: Pick<DomainEvent, 'type'>): EventDescription {
  return eventCatalogue[type]
}

/** What the event is about: one entity of one kind. */
export function subjectOf(event: Pick<DomainEvent, 'type' | 'data'>): string {
  const data: Data = event.data
  return String(data[descriptionOf(event).subject])
}
