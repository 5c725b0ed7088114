import { describe, expect, it } from 'vitest'
import {
  choicesXml,
  type ItemParts,
  itemFixture,
  itemXml,
  mappingXml,
  processedBy,
  responseXml,
  templateUrl,
  textEntryXml,
} from '../../tests/support/item-xml.ts'
import { AppError } from '../errors.ts'
import { interactionsOf } from './item.ts'
import { readItem } from './read-item.ts'

function refusalOf(xml: string): string {
  try {
    readItem(xml)
  } catch (error) {
    if (error instanceof AppError && error.code === 'item_refused') return error.message
    throw error
  }
  throw new Error('it was read')
}

const body = (xml: string): ItemParts => ({ body: `<div>${xml}</div>${choicesXml(['A', 'B'])}` })
const text = (attributes: string) =>
  itemXml({
    declarations: responseXml({ baseType: 'string', correct: ['Paris'] }),
    body: `<p><qti-text-entry-interaction response-identifier="RESPONSE" ${attributes}/></p>`,
  })

describe('readItem', () => {
  it('reads a choice with its key, limits, order and prompt', () => {
    const item = readItem(itemFixture('even-numbers'))

    expect(item).toMatchObject({
      identifier: 'even-numbers',
      title: 'Even numbers',
      language: 'en-GB',
      maxScore: 2,
      notes: [],
      assets: [],
    })
    expect(interactionsOf(item)).toMatchObject([
      {
        kind: 'choice',
        responseIdentifier: 'RESPONSE',
        maxChoices: 3,
        minChoices: 1,
        shuffle: false,
        orientation: 'vertical',
        prompt: ['Which of these are even?'],
      },
    ])
    expect(item.responseDeclarations[0]?.correctResponse).toEqual({
      cardinality: 'multiple',
      baseType: 'identifier',
      values: ['n4', 'n18'],
    })
  })

  it('reads a text entry with its hints', () => {
    expect(interactionsOf(readItem(itemFixture('northern-city')))).toEqual([
      {
        kind: 'text-entry',
        responseIdentifier: 'RESPONSE',
        expectedLength: 12,
        placeholder: 'city',
        patternMask: '[A-Za-z ]{1,20}',
      },
    ])
  })

  it('takes the width of a field and the direction of choices from the shared vocabulary', () => {
    const [field] = interactionsOf(readItem(itemFixture('spelling-of-necessary')))
    const [choice] = interactionsOf(readItem(itemFixture('strategies')))

    expect(field).toMatchObject({ expectedLength: 10 })
    expect(choice).toMatchObject({ orientation: 'horizontal', shuffle: true })
  })

  it('does not take the layout of the XML for a part of the answer', () => {
    const [declaration] = readItem(itemFixture('spelling-of-necessary')).responseDeclarations

    expect(declaration?.correctResponse).toMatchObject({ value: 'necessary' })
  })

  it('matches without case unless the entry asks for it, as the QTI 3.0 schema has it', () => {
    const [declaration] = readItem(itemFixture('northern-city')).responseDeclarations

    expect(declaration?.mapping?.entries.map(({ caseSensitive }) => caseSensitive)).toEqual([
      true,
      false,
      false,
    ])
  })

  it('reads several interactions and says which of them is not scored', () => {
    const item = readItem(itemFixture('reading-and-spelling'))

    expect(interactionsOf(item).map(({ kind }) => kind)).toEqual(['choice', 'text-entry'])
    expect(item.notes).toEqual(['the response SPELLING is not part of the score'])
  })

  it.each([
    'https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct',
    'http://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml',
    'https://www.imsglobal.org/question/qti_v3p0/rptemplates/match_correct.xml',
    'http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct',
    'https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/CC2_match.xml',
  ])('knows the template %s', (template) => {
    const processing = `<qti-response-processing template="${template}"/>`

    expect(readItem(itemXml({ processing })).maxScore).toBe(1)
  })

  it('knows a template that is written out', () => {
    expect(readItem(itemFixture('odd-one-out')).responseProcessing.template).toBe('match_correct')
    expect(readItem(itemFixture('strategies')).responseProcessing.template).toBe('map_response')
  })

  it('needs the maximum that CC2_match_basic gives', () => {
    expect(readItem(itemFixture('capital-letter')).maxScore).toBe(3)
    const outcomes =
      '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/><qti-outcome-declaration identifier="FEEDBACKBASIC" cardinality="single" base-type="identifier"/>'

    expect(refusalOf(itemXml({ outcomes, processing: processedBy('CC2_match_basic') }))).toContain(
      'needs a MAXSCORE',
    )
  })

  it('falls back on the identifier for an empty title', () => {
    expect(readItem(itemXml().replace('title="An item"', 'title=" "')).title).toBe('item-1')
  })

  describe('says what delivery leaves out', () => {
    it.each([
      [
        'a style sheet',
        { before: '<qti-stylesheet href="x.css" type="text/css"/>' },
        /style sheets/,
      ],
      ['a calculator', { before: '<qti-companion-materials-info/>' }, /companion materials/],
      ['a catalog', { before: '<qti-catalog-info/>' }, /catalog/],
      [
        'feedback after the answer',
        {
          before:
            '<qti-modal-feedback outcome-identifier="SCORE" identifier="x" show-hide="show"/>',
        },
        /feedback/,
      ],
      [
        'hidden feedback in the body',
        body(
          '<qti-feedback-block outcome-identifier="SCORE" identifier="1">well done</qti-feedback-block>',
        ),
        /feedback/,
      ],
      [
        'a rubric for others',
        body('<qti-rubric-block view="scorer">secret</qti-rubric-block>'),
        /rubric for scorer/,
      ],
      ['a style', body('<p style="color:red">x</p>'), /style attributes/],
      ['a missing alternative', body('<img src="x.png"/>'), /text alternative/],
      ['an extension', { before: '<x:data xmlns:x="urn:x"/>' }, /another vocabulary/],
    ])('%s', (_what, parts, note) => {
      const { notes } = readItem(itemXml(parts))

      expect(notes).toHaveLength(1)
      expect(notes[0]).toMatch(note)
    })

    it('a pattern that browsers cannot read, or that holds an answer', () => {
      expect(readItem(text('pattern-mask="[a-"')).notes).toEqual([
        'a pattern-mask that browsers cannot read is not applied',
      ])
      expect(readItem(text('pattern-mask="London|PARIS"')).notes).toEqual([
        'a pattern-mask is not shown to learners because it contains an answer',
      ])
    })
  })

  describe('refuses by name', () => {
    const outcome = (identifier: string, type: string) =>
      `<qti-outcome-declaration identifier="${identifier}" cardinality="single" base-type="${type}"/>`

    it.each<[string, string, string]>([
      [
        'a QTI 2.1 item',
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>',
        'QTI 2.x item',
      ],
      ['a QTI 1.2 document', '<questestinterop/>', 'QTI 1.2'],
      [
        'a test',
        '<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"/>',
        'an assessment test, not an item',
      ],
      ['something else', '<html/>', 'not a QTI item: the document is a html'],
      ['an item without namespace', '<qti-assessment-item/>', 'not in the namespace of QTI 3.0'],
      ['no body', itemXml().replace(/<qti-item-body>.*<\/qti-item-body>/s, ''), 'no qti-item-body'],
      [
        'an unsupported interaction',
        itemXml({ body: '<qti-order-interaction response-identifier="RESPONSE"/>' }),
        'unsupported interaction qti-order-interaction (line',
      ],
      [
        'several unsupported interactions',
        itemXml({
          body: '<qti-order-interaction/><qti-slider-interaction/><qti-order-interaction/>',
        }),
        'unsupported interaction qti-order-interaction, qti-slider-interaction',
      ],
      ['an adaptive item', itemXml({ attributes: 'adaptive="true"' }), 'adaptive items'],
      [
        'a template',
        itemXml({
          before:
            '<qti-template-declaration identifier="X" cardinality="single" base-type="integer"/>',
        }),
        'templates',
      ],
      [
        'a shared stimulus',
        itemXml({ before: '<qti-assessment-stimulus-ref identifier="s" href="s.xml"/>' }),
        'unsupported element qti-assessment-stimulus-ref',
      ],
      [
        'a printed variable',
        itemXml(body('<qti-printed-variable identifier="SCORE"/>')),
        'unsupported element qti-printed-variable',
      ],
      ['no interaction', itemXml({ body: '<p>only text</p>' }), 'no interaction: nothing to score'],
      ['no processing', itemXml({ processing: '' }), 'no response processing: nothing to score'],
      [
        'empty processing',
        itemXml({ processing: '<qti-response-processing/>' }),
        'is empty: nothing to score',
      ],
      [
        'another template',
        itemXml({ processing: processedBy('map_response_point.xml') }),
        'response processing is not one of the supported templates',
      ],
      [
        "someone's own template",
        itemXml({
          processing:
            '<qti-response-processing template="https://example.org/rptemplates/match_correct.xml"/>',
        }),
        'response processing is not one of the supported templates: https://example.org',
      ],
      [
        'processing of its own',
        itemXml({
          processing:
            '<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-sum/></qti-set-outcome-value></qti-response-processing>',
        }),
        'response processing is not one of the supported templates: unsupported expression qti-sum',
      ],
      [
        'processing like no template',
        itemXml({
          processing:
            '<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-processing>',
        }),
        'response processing is not one of the supported templates',
      ],
      [
        'no correct response',
        itemXml({ declarations: responseXml({}) }),
        'no correct response: nothing to score',
      ],
      [
        'no mapping',
        itemXml({ processing: processedBy('map_response') }),
        'no mapping: nothing to score',
      ],
      ['no SCORE', itemXml({ outcomes: '' }), 'the outcome SCORE is not declared'],
      [
        'a SCORE that is no number',
        itemXml({ outcomes: outcome('SCORE', 'identifier') }),
        'SCORE is not a number',
      ],
      [
        'a template with nothing bound',
        itemXml({
          declarations:
            responseXml({ correct: ['A'] }) + responseXml({ identifier: 'OTHER', correct: ['A'] }),
          body: choicesXml(['A']).replace('"RESPONSE"', '"OTHER"'),
        }),
        'to which no interaction is bound',
      ],
      [
        'an undeclared response',
        itemXml({ declarations: '' }),
        'the response RESPONSE is not declared',
      ],
      [
        'a response bound twice',
        itemXml({ body: choicesXml(['A', 'B']) + choicesXml(['A', 'B']) }),
        'two interactions are bound to RESPONSE',
      ],
      [
        'a response declared twice',
        itemXml({ declarations: responseXml({ correct: ['A'] }).repeat(2) }),
        'RESPONSE is declared twice',
      ],
      [
        'a missing correct choice',
        itemXml({ declarations: responseXml({ correct: ['Z'] }) }),
        'names a choice that does not exist',
      ],
      [
        'choices of one name',
        itemXml({ body: choicesXml(['A', 'A']) }),
        'two choices are called A',
      ],
      [
        'too many choices',
        itemXml({ body: choicesXml(Array.from({ length: 201 }, (_, n) => `C${n}`)) }),
        'more than 200 choices',
      ],
      ['no choices', itemXml({ body: choicesXml([]) }), 'without choices'],
      [
        'a choice of text',
        itemXml({ declarations: responseXml({ baseType: 'string', correct: ['A'] }) }),
        'needs a single or multiple identifier, but RESPONSE is single string',
      ],
      [
        'many choices for one',
        itemXml({ body: choicesXml(['A', 'B'], 'max-choices="2"') }),
        'max-choices="2" for a response of single cardinality',
      ],
      [
        'more than can be chosen',
        itemXml({
          declarations: responseXml({ cardinality: 'multiple', correct: ['A'] }),
          body: choicesXml(['A', 'B'], 'max-choices="2" min-choices="3"'),
        }),
        'min-choices="3" is more than can be chosen',
      ],
      [
        'a limit that is no number',
        itemXml({ body: choicesXml(['A'], 'max-choices="many"') }),
        'is not a whole number',
      ],
      [
        'shuffle that is no truth',
        itemXml({ body: choicesXml(['A'], 'shuffle="maybe"') }),
        'is not true or false',
      ],
      ['a choice without a name', itemXml({ body: choicesXml(['']) }), 'is not an identifier'],
      [
        'a text entry for a date',
        itemXml({
          declarations: responseXml({ baseType: 'duration', correct: ['1'] }),
          body: textEntryXml,
        }),
        'a text entry is read as one string, integer or float',
      ],
      ['numbers in another base', text('base="2"'), 'another base than 10'],
      ['two responses at once', text('string-identifier="S"'), 'string-identifier'],
      [
        'an unknown base-type',
        itemXml({ declarations: responseXml({ baseType: 'colour' }) }),
        'unknown base-type colour',
      ],
      [
        'an unknown cardinality',
        itemXml({ declarations: responseXml({ cardinality: 'some' }) }),
        'unknown cardinality some',
      ],
      [
        'a key of another type',
        itemXml({
          declarations: responseXml({ baseType: 'integer', mapping: mappingXml({ one: 1 }) }),
        }),
        'the map-key "one" is not of base-type integer',
      ],
      [
        'an empty mapping',
        itemXml({ declarations: responseXml({ mapping: mappingXml({}) }) }),
        'has no entries',
      ],
      [
        'a bound that is no number',
        itemXml({
          declarations: responseXml({ mapping: mappingXml({ A: 1 }, 'lower-bound="low"') }),
        }),
        'is no number',
      ],
      [
        'two values for one',
        itemXml({ declarations: responseXml({ correct: ['A', 'B'] }) }),
        'several values for RESPONSE',
      ],
      [
        'feedback seen from the start',
        itemXml(
          body(
            '<qti-feedback-block outcome-identifier="SCORE" identifier="1" show-hide="hide">x</qti-feedback-block>',
          ),
        ),
        'feedback that is visible before an answer is given',
      ],
      [
        'a question inside feedback',
        itemXml(
          body(
            '<qti-feedback-block outcome-identifier="SCORE" identifier="1"><qti-choice-interaction/></qti-feedback-block>',
          ),
        ),
        'an interaction inside feedback',
      ],
      [
        'a question inside a choice',
        itemXml({
          body: choicesXml(['A']).replace(
            'text of A',
            '<qti-text-entry-interaction response-identifier="RESPONSE"/>',
          ),
        }),
        'unsupported element qti-text-entry-interaction',
      ],
    ])('%s', (_what, xml, reason) => {
      expect(refusalOf(xml)).toContain(reason)
    })

    it('with the line where it lies', () => {
      expect(refusalOf(itemXml(body('\n<form/>')))).toMatch(/unsupported element form \(line \d+\)/)
    })
  })

  it('does not accept a template by its last words alone', () => {
    const processing = `<qti-response-processing template="javascript:${templateUrl}match_correct"/>`

    expect(refusalOf(itemXml({ processing }))).toContain('script in content')
  })
})
