import { describe, expect, it } from 'vitest'
import { leaksIn } from '../../tests/support/delivery-leaks.ts'
import { itemFixture, itemFixtures, itemXml, responseXml } from '../../tests/support/item-xml.ts'
import { type DeliverOptions, deliver } from './deliver.ts'
import type { DeliveryChoice, DeliveryItem, DeliveryNode } from './delivery.ts'
import { readItem } from './read-item.ts'

/** Names that say nothing, as the caller's keyed hash makes them. */
function options(): DeliverOptions {
  const names = new Map<string, string>()
  return {
    choiceId(response, identifier) {
      const key = `${response} ${identifier}`
      const name = names.get(key) ?? `opaque${names.size}`
      names.set(key, name)
      return name
    },
    order: (_response, count) => Array.from({ length: count }, (_, index) => count - 1 - index),
    assetUrl: (path) => `/media/${path.length}`,
  }
}

function deliverFixture(name: string): DeliveryItem {
  return deliver(readItem(itemFixture(name), { file: `items/${name}.xml` }), options())
}

function choiceIn(nodes: readonly DeliveryNode[]): DeliveryChoice | undefined {
  for (const node of nodes) {
    if (typeof node === 'string' || node.kind === 'text-entry') continue
    const found = node.kind === 'choice' ? node : choiceIn(node.children)
    if (found) return found
  }
  return undefined
}

describe('deliver', () => {
  it('gives a choice with opaque ids in the order of the attempt, fixed ones in their places', () => {
    const choice = choiceIn(deliverFixture('largest-planet').body)

    expect(choice).toEqual({
      kind: 'choice',
      responseIdentifier: 'RESPONSE',
      cardinality: 'single',
      prompt: ['Which planet of our Solar System is the largest?'],
      choices: [
        { id: 'opaque0', content: ['Venus'] },
        { id: 'opaque1', content: ['Jupiter'] },
        { id: 'opaque2', content: ['Mars'] },
        { id: 'opaque3', content: ['None of these'] },
      ],
      maxChoices: 1,
      minChoices: 0,
      orientation: 'vertical',
    })
  })

  it('keeps the order of choices that are not shuffled', () => {
    const choice = choiceIn(deliverFixture('even-numbers').body)

    expect(choice?.choices.map(({ content }) => content)).toEqual([['4'], ['7'], ['18'], ['21']])
    expect(choice).toMatchObject({ cardinality: 'multiple', maxChoices: 3, minChoices: 1 })
  })

  it('gives a text entry within its sentence, with the hints of its type', () => {
    expect(deliverFixture('seven-eights')).toEqual({
      title: 'Seven eights',
      language: 'en-GB',
      body: [
        {
          kind: 'html',
          tag: 'p',
          attributes: {},
          children: [
            '7 × 8 = ',
            {
              kind: 'text-entry',
              responseIdentifier: 'RESPONSE',
              inputMode: 'numeric',
              expectedLength: 3,
              patternMask: '[0-9]{1,3}',
            },
          ],
        },
      ],
    })
  })

  it.each([
    ['string', 'text'],
    ['integer', 'numeric'],
    ['float', 'decimal'],
  ])('hints at a keyboard for a %s', (baseType, inputMode) => {
    const xml = itemXml({
      declarations: responseXml({ baseType, correct: ['1'] }),
      body: '<div><qti-text-entry-interaction response-identifier="RESPONSE"/></div>',
    })

    expect(JSON.stringify(deliver(readItem(xml), options()))).toContain(
      `"inputMode":"${inputMode}"`,
    )
  })

  it('gives files the addresses that the caller makes of their paths', () => {
    const asked: string[] = []
    const item = readItem(itemFixture('speed-of-sound'), { file: 'items/speed-of-sound.xml' })
    const assetUrl = (path: string) => {
      asked.push(path)
      return '/media/1'
    }
    const delivered = JSON.stringify(deliver(item, { ...options(), assetUrl }))

    expect(new Set(asked)).toEqual(new Set(item.assets))
    expect(delivered).not.toMatch(/wave one|horn\./)
  })

  it('withholds a pattern that contains an answer', () => {
    const xml = itemXml({
      declarations: responseXml({ baseType: 'string', correct: ['Paris'] }),
      body: '<div><qti-text-entry-interaction response-identifier="RESPONSE" pattern-mask="(London|paris)"/></div>',
    })

    expect(JSON.stringify(deliver(readItem(xml), options()))).not.toContain('paris')
  })

  it.each([
    ['feedback and hints', 'capital-letter', /well spotted|secret hint|feedback/i],
    ['notes for scorers and hidden words', 'speed-of-sound', /marks for|answer|TeX|style/i],
    ['identifiers', 'largest-planet', /answer_/],
    ['mapped values', 'northern-city', /York|Eboracum/i],
    ['correct responses', 'spelling-of-necessary', /necessary/],
  ])('holds no %s', (_what, name, secret) => {
    expect(JSON.stringify(deliverFixture(name).body)).not.toMatch(secret)
  })

  it.each(itemFixtures)('leaks nothing of %s', (name) => {
    const item = readItem(itemFixture(name), { file: `items/${name}.xml` })

    expect(leaksIn(deliver(item, options()), item)).toEqual([])
  })

  it('is found out by the test for leaks when it would name a choice', () => {
    const item = readItem(itemFixture('largest-planet'))
    const careless = deliver(item, {
      ...options(),
      choiceId: (_response, identifier) => identifier,
    })

    expect(leaksIn(careless, item)).toHaveLength(4)
  })

  it('survives a round trip through JSON', () => {
    for (const name of itemFixtures) {
      const delivered = deliverFixture(name)

      expect(JSON.parse(JSON.stringify(delivered))).toEqual(delivered)
    }
  })

  it('does not accept an order that would lose or repeat a choice', () => {
    const item = readItem(itemFixture('largest-planet'))

    for (const order of [
      [0, 1],
      [0, 0, 1],
      [0, 1, 5],
      [0, 1, 2, 3],
    ]) {
      expect(() => deliver(item, { ...options(), order: () => order })).toThrow(TypeError)
    }
  })
})
