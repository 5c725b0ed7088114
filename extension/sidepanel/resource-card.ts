import { msg, str } from '@lit/localize'
import { html, nothing } from 'lit'
import type { ItemType } from '../../shared/classroom-share.ts'
import type { LibraryResource } from '../messages.ts'

export interface CardActions {
  preview(resource: LibraryResource): void
  back(): void
  share(resource: LibraryResource): void
  chooseItemType(itemType: ItemType): void
}

/** One resource in the list: what it is, who must be named, and what to do with it. */
export function resourceCard(resource: LibraryResource, { preview, share }: CardActions) {
  const { id, name, description, language } = resource
  return html`<article class="card" data-resource=${id}>
    <h2 lang=${language || nothing}>
      <button type="button" class="button link" @click=${() => preview(resource)}>${name}</button>
    </h2>
    ${factsOf(resource)}
    ${description ? html`<p class="description" lang=${language || nothing}>${description}</p>` : nothing}
    ${creditOf(resource)}
    <button
      type="button"
      class="button secondary share"
      aria-label=${msg(str`Share to Classroom: ${name}`, { id: 'extension-share-label' })}
      @click=${() => share(resource)}
    >
      ${msg('Share to Classroom', { id: 'extension-share' })}
    </button>
  </article>`
}

/** Kind, level and time, as tags. */
export function factsOf({ kind, educationalLevel, timeRequiredMinutes }: LibraryResource) {
  const minutes =
    timeRequiredMinutes === null
      ? ''
      : msg(str`${timeRequiredMinutes} min`, { id: 'extension-minutes' })
  const facts = [kindName(kind), educationalLevel ?? '', minutes].filter(Boolean)
  return html`<p class="facts">${facts.map((fact) => html`<span class="tag">${fact}</span> `)}</p>`
}

/** Licence and attribution, which stay with the resource wherever it is shown. */
export function creditOf({ attribution, license }: LibraryResource) {
  const name = license.url
    ? html`<a href=${license.url} target="_blank" rel="noopener license">${license.name}</a>`
    : license.name
  return html`<p class="credit">${attribution}${attribution ? ' · ' : ''}${name}</p>`
}

export function itemTypeName(type: ItemType): string {
  const names: Readonly<Record<ItemType, () => string>> = {
    material: () => msg('Material', { id: 'extension-material' }),
    assignment: () => msg('Assignment', { id: 'extension-assignment' }),
    announcement: () => msg('Announcement', { id: 'extension-announcement' }),
  }
  return names[type]()
}

function kindName(kind: string): string {
  const names: Readonly<Record<string, () => string>> = {
    lesson: () => msg('Lesson', { id: 'kind-lesson' }),
    activity: () => msg('Activity', { id: 'kind-activity' }),
    worksheet: () => msg('Worksheet', { id: 'kind-worksheet' }),
    video: () => msg('Video', { id: 'kind-video' }),
    article: () => msg('Article', { id: 'kind-article' }),
    guidance: () => msg('Guidance', { id: 'kind-guidance' }),
  }
  return Object.hasOwn(names, kind) ? (names[kind]?.() ?? kind) : kind
}
