import { html, type TemplateResult } from 'lit'
import type { Launch } from '../../shared/lti.ts'
import * as messages from './teacher-note-messages.ts'

type Act = () => unknown

/** What a teacher sees above an item, with the ways on from there. */
export function teacherNote(hasGrade: boolean, acts: { tryIt: Act; results: Act }): TemplateResult {
  const text = hasGrade ? messages.teacherNote() : messages.teacherNoteNoGrade()
  const more = html`<button type="button" class="button" @click=${acts.results}>${messages.seeResults()}</button>`
  return note(text, messages.tryAsLearner(), acts.tryIt, more)
}

export function tryingNote(back: Act): TemplateResult {
  return note(messages.tryingNote(), messages.backToTeacher(), back)
}

export function resultsNote(back: Act): TemplateResult {
  return note(messages.resultsNote(), messages.backToTeacher(), back)
}

export function chosenNote(): TemplateResult {
  return html`<p class="notice success" tabindex="-1" data-start>${messages.chosenNote()}</p>`
}

/** Told once, at the first launch in the copy. */
export function copyNote({ of, from }: NonNullable<Launch['copy']>): TemplateResult {
  const text = of === 'course' ? messages.copiedCourse(from) : messages.copiedLink()
  return html`<p class="notice">${text}</p>`
}

function note(text: string, label: string, act: Act, more?: TemplateResult): TemplateResult {
  return html`<div class="notice teacher">
    <p>${text}</p>
    ${more}
    <button type="button" class="button secondary" data-start @click=${act}>${label}</button>
  </div>`
}
