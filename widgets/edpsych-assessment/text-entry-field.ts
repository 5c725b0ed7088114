import type { DeliveryTextEntry } from '../../shared/qti/delivery.ts'
import type { AnswerField, FieldPlace } from './answer-field.ts'
import { unusualForm, yourAnswer, yourAnswerOf } from './messages.ts'

const gap = '____'
const usualLength = 12
const block = 'p, li, td, th, dd, dt, blockquote, figcaption, h1, h2, h3, h4, h5, h6, div'

/** A text field within a sentence; the sentence describes it to those who do not see it. */
export function textEntryField(given: DeliveryTextEntry, place: FieldPlace): AnswerField {
  const label = place.count > 1 ? yourAnswerOf(place.number, place.count) : yourAnswer()
  const element = document.createElement('span')
  element.className = 'text-entry'
  const input = document.createElement('input')
  const problem = document.createElement('span')
  problem.className = 'problem'
  problem.id = `entry-${place.number}-problem`
  problem.hidden = true

  input.type = 'text'
  input.name = given.responseIdentifier
  input.inputMode = given.inputMode
  input.size = Math.min(Math.max(given.expectedLength ?? usualLength, 3) + 1, 40)
  input.autocomplete = 'off'
  input.autocapitalize = 'none'
  // A spelling checker would answer some questions.
  input.spellcheck = false
  input.setAttribute('autocorrect', 'off')
  input.setAttribute('aria-label', label)
  if (given.placeholder) input.placeholder = given.placeholder
  element.append(input, problem)
  // The sentence grows around the field after this returns.
  queueMicrotask(() => describeBySentence(input, place.number))

  return {
    responseIdentifier: given.responseIdentifier,
    element,
    values: () => (input.value.trim() === '' ? [] : [input.value]),
    restore(values) {
      input.value = values[0] ?? ''
    },
    label: () => [...(place.count > 1 ? [label] : []), sentenceAround(element) ?? label].join(': '),
    summary: () => input.value.trim(),
    problem: () => undefined,
    doubt: () => (matchesMask(input.value.trim(), given.patternMask) ? undefined : unusualForm()),
    showProblem(text) {
      problem.hidden = text === undefined
      problem.textContent = text ?? ''
      input.setAttribute('aria-invalid', String(text !== undefined))
    },
    focus: () => input.focus(),
  }
}

/** Whether a value has the asked form; a mask that this browser cannot read asks for nothing. */
export function matchesMask(value: string, mask: string | undefined): boolean {
  if (mask === undefined || value === '') return true
  try {
    return new RegExp(`^(?:${mask})$`, 'u').test(value)
  } catch {
    return true
  }
}

function describeBySentence(input: HTMLInputElement, number: number): void {
  const sentence = input.closest<HTMLElement>(block)
  if (!sentence || sentence.classList.contains('body')) return
  sentence.id ||= `sentence-${number}`
  input.setAttribute('aria-describedby', sentence.id)
}

function sentenceAround(field: HTMLElement): string | undefined {
  const sentence = field.closest<HTMLElement>(block)
  if (!sentence || sentence.classList.contains('body')) return undefined
  const copy = sentence.cloneNode(true)
  if (!(copy instanceof HTMLElement)) return undefined
  for (const entry of copy.querySelectorAll('.text-entry')) entry.replaceWith(gap)
  return copy.textContent.trim().replace(/\s+/g, ' ')
}
