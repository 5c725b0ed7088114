import { AppError } from '../errors.ts'
import type { OutcomeDeclaration, ResponseDeclaration } from './declarations.ts'
import { definitionOf, type Interaction } from './interactions/table.ts'
import type { ResponseProcessing } from './item.ts'
import { bestMapped, declaredMaxScore } from './max-score.ts'
import type { ResponseRule } from './processing/expression.ts'
import { readRules } from './processing/read-processing.ts'
import { isTemplateName, type TemplateName, templateOf, templates } from './processing/templates.ts'
import type { XmlElement } from './xml.ts'
import { childElement, childElements, refuse } from './xml-element.ts'

const notSupported = 'response processing is not one of the supported templates'

/** Reads a fixed template, by its address or written out; other processing is refused. */
export function readResponseProcessing(
  root: XmlElement,
): ResponseProcessing & { readonly template: TemplateName } {
  const element = childElement(root, 'qti-response-processing')
  if (!element) refuse('no response processing: nothing to score', root)
  if (childElements(element).length > 0) return readInline(element)

  const address =
    element.attributes.get('template') ?? element.attributes.get('template-location') ?? ''
  if (address === '') refuse('the response processing is empty: nothing to score', element)
  const name = templateName(address)
  if (!name) refuse(`${notSupported}: ${address.slice(0, 100)}`, element)
  return { template: name, rules: templates[name] }
}

function readInline(element: XmlElement): ReturnType<typeof readResponseProcessing> {
  const rules = rulesOf(element)
  const name = templateOf(rules)
  return name ? { template: name, rules } : refuse(notSupported, element)
}

function rulesOf(element: XmlElement): ResponseRule[] {
  try {
    return readRules(element)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError('item_refused', `${notSupported}: ${error.message}`, { cause: error })
  }
}

/** The standard's addresses have changed host and folder; only the last part has a meaning. */
function templateName(address: string): TemplateName | undefined {
  const match =
    /^https?:\/\/(?:www|purl)\.(?:imsglobal|1edtech)\.org\/[\w./-]*\/rptemplates\/(\w+?)(?:\.xml)?$/.exec(
      address.trim(),
    )
  const name = match?.[1] ?? ''
  return isTemplateName(name) ? name : undefined
}

interface ScoringContext {
  readonly responseDeclarations: readonly ResponseDeclaration[]
  readonly outcomeDeclarations: readonly OutcomeDeclaration[]
  readonly interactions: readonly Interaction[]
  readonly note: (text: string) => void
}

/** What the template scores and the best it can give; an item it cannot score is refused. */
export function scoredBy(
  { template, rules }: ReturnType<typeof readResponseProcessing>,
  context: ScoringContext,
): { readonly responseIdentifier: string; readonly maxScore: number } {
  refuseUndeclaredOutcomes(rules, context.outcomeDeclarations)
  const response = context.responseDeclarations.find(({ identifier }) => identifier === 'RESPONSE')
  const interaction = context.interactions.find(
    ({ responseIdentifier }) => responseIdentifier === 'RESPONSE',
  )
  if (!response || !interaction) {
    refuse(`${template} scores the response RESPONSE, to which no interaction is bound`)
  }
  const declared = declaredMaxScore(context.outcomeDeclarations)
  const attainable = bestScore(template, response, interaction, declared)
  if (attainable <= 0) refuse('no answer earns a point: nothing to score')
  if (declared !== null && attainable > declared) {
    context.note(`an answer can earn ${attainable}, more than the declared maximum ${declared}`)
  }
  return { responseIdentifier: response.identifier, maxScore: declared ?? attainable }
}

function bestScore(
  template: TemplateName,
  response: ResponseDeclaration,
  interaction: Interaction,
  declared: number | null,
): number {
  if (template === 'map_response' || template === 'CC2_map_response') {
    const { mapping, baseType, cardinality } = response
    if (!mapping || !baseType) refuse('RESPONSE has no mapping: nothing to score')
    const attainable = definitionOf(interaction.kind).attainable(interaction)
    return bestMapped(mapping, { baseType, isContainer: cardinality !== 'single' }, attainable)
  }
  if (!response.correctResponse) refuse('RESPONSE has no correct response: nothing to score')
  if (template !== 'CC2_match_basic') return 1
  return declared ?? refuse('CC2_match_basic needs a MAXSCORE above zero')
}

function refuseUndeclaredOutcomes(
  rules: readonly ResponseRule[],
  declarations: readonly OutcomeDeclaration[],
): void {
  for (const rule of rules) {
    if (rule.rule === 'responseCondition') {
      for (const branch of rule.branches) refuseUndeclaredOutcomes(branch.rules, declarations)
      refuseUndeclaredOutcomes(rule.otherwise, declarations)
      continue
    }
    const outcome = declarations.find(({ identifier }) => identifier === rule.identifier)
    if (!outcome) refuse(`the outcome ${rule.identifier} is not declared`)
    const { baseType, cardinality } = outcome
    const isNumber = cardinality === 'single' && (baseType === 'float' || baseType === 'integer')
    if (rule.identifier === 'SCORE' && !isNumber) refuse('the outcome SCORE is not a number')
  }
}
