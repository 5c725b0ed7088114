import type { ChoiceId, ResponseProblem, SubmittedValues } from './interactions/interaction.ts'
import { definitionOf } from './interactions/table.ts'
import { type Item, interactionsOf, responseDeclarationOf } from './item.ts'
import type { Value } from './values.ts'

export type ResolvedResponses =
  | { readonly ok: true; readonly responses: ReadonlyMap<string, Value> }
  | { readonly ok: false; readonly problems: readonly ResponseProblem[] }

/**
 * Turns what was submitted into values ready for `score`, or says what is wrong with it. Choices
 * may be named by the ids of the attempt or by the author's identifiers; what is left out is NULL.
 * A minimum of choices is not demanded: time may have run out.
 */
export function resolveResponses(
  item: Item,
  submitted: Readonly<Record<string, SubmittedValues>>,
  choiceId: ChoiceId,
): ResolvedResponses {
  const interactions = interactionsOf(item)
  const given = new Map(Object.entries(submitted))
  const responses = new Map<string, Value>()
  const problems: ResponseProblem[] = []

  for (const identifier of given.keys()) {
    if (interactions.some((one) => one.responseIdentifier === identifier)) continue
    const pointer = pointerTo(identifier, null)
    problems.push({
      pointer,
      code: 'unknown_response',
      detail: 'the item asks for no such response',
    })
  }
  for (const interaction of interactions) {
    const { responseIdentifier } = interaction
    const value = definitionOf(interaction.kind).resolve(
      interaction,
      given.get(responseIdentifier) ?? [],
      {
        declaration: responseDeclarationOf(item, interaction),
        choiceId,
        problem: (index, code, detail) =>
          problems.push({ pointer: pointerTo(responseIdentifier, index), code, detail }),
      },
    )
    responses.set(responseIdentifier, value)
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, responses }
}

/** RFC 6901 in fragment form; a stranger's identifier is cut short. */
function pointerTo(identifier: string, index: number | null): string {
  const name = identifier.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
  return `#/responses/${name}${index === null ? '' : `/${index}`}`
}
