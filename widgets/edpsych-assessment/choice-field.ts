import type { DeliveryChoice } from '../../shared/qti/delivery.ts'
import { contentNodes } from '../core/content-nodes.ts'
import type { AnswerField, FieldPlace } from './answer-field.ts'
import {
  chooseAll,
  chooseAtLeast,
  chooseBetween,
  chooseExactly,
  chooseOne,
  chooseUpTo,
  chosenCount,
  question,
  questionOf,
  tooFew,
  tooMany,
} from './messages.ts'

type Limits = Pick<DeliveryChoice, 'cardinality' | 'minChoices' | 'maxChoices'>

/** Says how many to choose; 0 is no limit. */
export function guidance({ cardinality, minChoices: min, maxChoices: max }: Limits): string {
  if (cardinality === 'single' || (max === 1 && min <= 1)) return chooseOne()
  if (max === 0) return min === 0 ? chooseAll() : chooseAtLeast(min)
  if (min === max) return chooseExactly(max)
  return min === 0 ? chooseUpTo(max) : chooseBetween(min, max)
}

/** What is wrong with this many choices. */
export function countProblem(
  count: number,
  { minChoices, maxChoices }: Limits,
): string | undefined {
  if (maxChoices > 0 && count > maxChoices) return tooMany(count, maxChoices)
  if (count < minChoices) return tooFew(count, minChoices)
  return undefined
}

/** Radio buttons or check boxes in a field set whose legend is the prompt. */
export function choiceField(given: DeliveryChoice, place: FieldPlace): AnswerField {
  const { responseIdentifier, cardinality, maxChoices } = given
  const isSingle = cardinality === 'single'
  const id = `choice-${place.number}`
  const element = document.createElement('fieldset')
  element.className = 'choice'

  const legend = document.createElement('legend')
  const fallback = place.count > 1 ? questionOf(place.number, place.count) : question()
  const prompt = contentNodes(given.prompt, neverInside)
  legend.append(...(prompt.length > 0 ? prompt : [fallback]))
  if (prompt.length === 0) legend.className = 'visually-hidden'

  const hint = paragraph('hint', `${id}-hint`, guidance(given))
  const problem = paragraph('problem', `${id}-problem`, '')
  problem.hidden = true
  element.setAttribute('aria-describedby', hint.id)

  const options = document.createElement('div')
  options.className = given.orientation === 'horizontal' ? 'options horizontal' : 'options'
  const inputs = given.choices.map((choice) => {
    const label = document.createElement('label')
    label.className = 'option'
    const input = document.createElement('input')
    input.type = isSingle ? 'radio' : 'checkbox'
    input.name = responseIdentifier
    input.value = choice.id
    const text = document.createElement('span')
    text.append(...contentNodes(choice.content, neverInside))
    label.append(input, text)
    options.append(label)
    return input
  })
  const chosen = () => inputs.filter(({ checked }) => checked)
  element.append(legend, hint, problem, options)
  element.addEventListener('change', () => {
    if (!isSingle && maxChoices > 1) place.announce(chosenCount(chosen().length, maxChoices))
  })

  return {
    responseIdentifier,
    element,
    values: () => chosen().map(({ value }) => value),
    restore(values) {
      for (const input of inputs) input.checked = values.includes(input.value)
    },
    label: () => textOf(legend),
    summary: () => chosen().map(spoken).join(', '),
    problem: () => countProblem(chosen().length, given),
    doubt: () => undefined,
    showProblem(text) {
      problem.hidden = text === undefined
      problem.textContent = text ?? ''
      element.classList.toggle('invalid', text !== undefined)
      element.setAttribute('aria-describedby', text ? `${problem.id} ${hint.id}` : hint.id)
    },
    focus: () => (chosen()[0] ?? inputs[0])?.focus(),
  }
}

function neverInside(): never {
  throw new TypeError('an interaction cannot stand inside a prompt or a choice')
}

function spoken(input: HTMLInputElement): string {
  return input.parentElement ? textOf(input.parentElement) : ''
}

/** Pictures speak by their text alternative. */
function textOf(element: HTMLElement): string {
  const pictures = [...element.querySelectorAll('img')].map(({ alt }) => alt)
  return [element.textContent.trim().replace(/\s+/g, ' '), ...pictures].filter(Boolean).join(' ')
}

function paragraph(className: string, id: string, text: string): HTMLElement {
  const element = document.createElement('p')
  element.className = className
  element.id = id
  element.textContent = text
  return element
}
