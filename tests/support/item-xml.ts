import { readFileSync } from 'node:fs'

/** One of the items in `tests/fixtures/qti`, by name. */
export function itemFixture(name: string): string {
  return readFileSync(new URL(`../fixtures/qti/${name}.xml`, import.meta.url), 'utf8')
}

export const itemFixtures = [
  'a-quarter',
  'capital-letter',
  'even-numbers',
  'halves-of-a-whole',
  'largest-planet',
  'northern-city',
  'odd-one-out',
  'prime-factors',
  'reading-and-spelling',
  'seven-eights',
  'speed-of-sound',
  'spelling-of-necessary',
  'strategies',
] as const

export interface ItemParts {
  readonly attributes?: string
  readonly declarations?: string
  readonly outcomes?: string
  readonly body?: string
  readonly processing?: string
  readonly before?: string
}

const choiceBody = `<qti-choice-interaction response-identifier="RESPONSE">
  <qti-simple-choice identifier="A">one</qti-simple-choice>
  <qti-simple-choice identifier="B">two</qti-simple-choice>
</qti-choice-interaction>`

export const templateUrl = 'https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/'

/** A small valid item whose parts a test replaces to try one thing. */
export function itemXml(parts: ItemParts = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="item-1"
  title="An item" time-dependent="false" ${parts.attributes ?? ''}>
${parts.declarations ?? responseXml({ correct: ['A'] })}
${parts.outcomes ?? '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'}
${parts.before ?? ''}
<qti-item-body>${parts.body ?? choiceBody}</qti-item-body>
${parts.processing ?? processedBy('match_correct.xml')}
</qti-assessment-item>`
}

export function processedBy(template: string): string {
  return `<qti-response-processing template="${templateUrl}${template}"/>`
}

export function responseXml(options: {
  readonly identifier?: string
  readonly cardinality?: string
  readonly baseType?: string
  readonly correct?: readonly string[]
  readonly mapping?: string
}): string {
  const { identifier = 'RESPONSE', cardinality = 'single', baseType = 'identifier' } = options
  const values = (options.correct ?? []).map((one) => `<qti-value>${one}</qti-value>`).join('')
  const correct = values === '' ? '' : `<qti-correct-response>${values}</qti-correct-response>`
  return `<qti-response-declaration identifier="${identifier}" cardinality="${cardinality}" base-type="${baseType}">${correct}${options.mapping ?? ''}</qti-response-declaration>`
}

/** A mapping from keys to values; `attributes` are those of `qti-mapping`. */
export function mappingXml(entries: Readonly<Record<string, number>>, attributes = ''): string {
  const written = Object.entries(entries).map(
    ([key, value]) => `<qti-map-entry map-key="${key}" mapped-value="${value}"/>`,
  )
  return `<qti-mapping ${attributes}>${written.join('')}</qti-mapping>`
}

export function choicesXml(identifiers: readonly string[], attributes = ''): string {
  const choices = identifiers.map(
    (one) => `<qti-simple-choice identifier="${one}">text of ${one}</qti-simple-choice>`,
  )
  return `<qti-choice-interaction response-identifier="RESPONSE" ${attributes}>${choices.join('')}</qti-choice-interaction>`
}

export const textEntryXml = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
