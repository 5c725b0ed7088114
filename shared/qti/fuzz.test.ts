import { expect, it } from 'vitest'
import { itemFixture, itemFixtures } from '../../tests/support/item-xml.ts'
import { AppError } from '../errors.ts'
import { deliver } from './deliver.ts'
import { interactionsOf } from './item.ts'
import { readItem } from './read-item.ts'
import { resolveResponses } from './resolve-responses.ts'
import { score } from './score.ts'

/** Mulberry32: a fixed seed makes every failure repeatable. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const fragments = [
  '<',
  '>',
  '/',
  '"',
  '&',
  '&amp;',
  '&x;',
  ']]>',
  '<![CDATA[',
  '<!--',
  '<!DOCTYPE a>',
  '<?x?>',
  '\0',
  '\u{1F600}',
  '\ud800',
  ' xmlns="urn:x"',
  ' xmlns:q="urn:q"',
  ' identifier=""',
  ' onload="x"',
  ' max-choices="-1"',
  '<script/>',
  '<qti-sum/>',
  '<qti-prompt>',
  '<qti-value/>',
  'NaN',
  '1e999',
  '__proto__',
  'javascript:',
  '99999999999999999999',
  '<qti-feedback-inline outcome-identifier="SCORE" identifier="x">',
  '<math xmlns="http://www.w3.org/1998/Math/MathML">',
]

function mutate(xml: string, random: (below: number) => number): string {
  let text = xml
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const from = random(text.length)
    const to = Math.min(text.length, from + random(60))
    const kind = random(5)
    if (kind === 0) text = text.slice(0, from) + text.slice(to)
    else if (kind === 1)
      text = text.slice(0, from) + fragments[random(fragments.length)] + text.slice(from)
    else if (kind === 2) text = text.slice(0, to) + text.slice(from)
    else if (kind === 3) text = swapValues(text, random)
    else text = `${text.slice(0, from)}${String.fromCharCode(random(0x250))}${text.slice(from + 1)}`
  }
  return text
}

/** Stays well-formed, so that the rules behind the parser are reached. */
function swapValues(text: string, random: (below: number) => number): string {
  const values = [...text.matchAll(/="([^"]*)"/g)]
  const one = values[random(values.length)]
  const other = values[random(values.length)]
  if (!one || !other) return text
  return `${text.slice(0, one.index)}="${other[1]}"${text.slice(one.index + one[0].length)}`
}

it('reads a damaged item, or refuses it with the reason, and never anything else', () => {
  const random = randomFrom(20_261_123)
  let read = 0
  let refused = 0
  while (read + refused < 2000) {
    const name = itemFixtures[random(itemFixtures.length)] ?? 'strategies'
    const xml = mutate(itemFixture(name), random)
    try {
      const item = readItem(xml, { file: 'items/one.xml' })
      read += 1
      const responses = Object.fromEntries(
        interactionsOf(item).map((one) => [
          one.responseIdentifier,
          one.kind === 'choice'
            ? one.choices.slice(0, 1).map((choice) => choice.identifier)
            : ['1'],
        ]),
      )
      const resolved = resolveResponses(item, responses, (_response, identifier) => identifier)
      if (resolved.ok) {
        const result = score(item, resolved.responses)
        expect(Number.isFinite(result.score)).toBe(true)
        expect(result.maxScore).toBeGreaterThan(0)
      }
      const order = (_response: string, count: number) => [...Array(count).keys()]
      deliver(item, { choiceId: () => 'c', order, assetUrl: () => '/' })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'item_refused') {
        throw new Error(`not a refusal for ${xml}`, { cause: error })
      }
      refused += 1
    }
  }

  expect(read).toBeGreaterThan(50)
  expect(refused).toBeGreaterThan(500)
}, 20_000)
