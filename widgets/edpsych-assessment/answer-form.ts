import type { DeliveryInteraction, DeliveryItem } from '../../shared/qti/delivery.ts'
import { contentNodes } from '../core/content-nodes.ts'
import type { AnswerField, FieldPlace } from './answer-field.ts'
import { choiceField } from './choice-field.ts'
import { interactionsOf, type Responses } from './drafts.ts'
import { textEntryField } from './text-entry-field.ts'

export interface Answer {
  readonly label: string
  readonly summary: string
  readonly doubt: string | undefined
}

/** The body of an item with its fields; built once, so what is typed into it outlives every rendering. */
export interface AnswerForm {
  readonly body: HTMLElement
  responses(): Responses
  restore(responses: Responses): void
  answers(): Answer[]
  /** Marks what must be put right and goes there; true when nothing must. */
  check(): boolean
  /** Marks what the server found wrong; true when one of these fields is meant. */
  showProblems(problems: ReadonlyMap<string, string>): boolean
}

export function answerForm(item: DeliveryItem, announce: (sentence: string) => void): AnswerForm {
  const kinds = interactionsOf(item.body).map(({ kind }) => kind)
  const met = { choice: 0, 'text-entry': 0 }
  const fields: AnswerField[] = []
  const body = document.createElement('div')
  body.className = 'body'
  if (item.language) body.lang = item.language
  body.append(
    ...contentNodes(item.body, (interaction) => {
      met[interaction.kind] += 1
      const count = kinds.filter((kind) => kind === interaction.kind).length
      const field = fieldFor(interaction, { number: met[interaction.kind], count, announce })
      fields.push(field)
      return field.element
    }),
  )

  function show(problemOf: (field: AnswerField) => string | undefined): boolean {
    let first: AnswerField | undefined
    for (const field of fields) {
      const problem = problemOf(field)
      field.showProblem(problem)
      if (problem) first ??= field
    }
    first?.focus()
    return first !== undefined
  }

  return {
    body,
    responses: () =>
      Object.fromEntries(fields.map((field) => [field.responseIdentifier, field.values()])),
    restore(responses) {
      for (const field of fields) field.restore(responses[field.responseIdentifier] ?? [])
    },
    answers: () =>
      fields.map((field) => ({
        label: field.label(),
        summary: field.summary(),
        doubt: field.doubt(),
      })),
    check: () => !show((field) => field.problem()),
    showProblems: (problems) => show((field) => problems.get(field.responseIdentifier)),
  }
}

function fieldFor(interaction: DeliveryInteraction, place: FieldPlace): AnswerField {
  return interaction.kind === 'choice'
    ? choiceField(interaction, place)
    : textEntryField(interaction, place)
}
