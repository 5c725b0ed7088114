import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deliver } from '../../../../shared/qti/deliver.ts'
import type { Item } from '../../../../shared/qti/item.ts'
import { isRefusal, readItem } from '../../../../shared/qti/read-item.ts'
import { resolveResponses } from '../../../../shared/qti/resolve-responses.ts'
import { score } from '../../../../shared/qti/score.ts'
import type { Value } from '../../../../shared/qti/values.ts'
import { leaksIn } from '../../../../tests/support/delivery-leaks.ts'
import { filesIn, sharedData } from '../../../../tests/support/shared-data.ts'
import { choiceIds, orderFor } from '../choice-ids.ts'
import { readItemSource } from './read-package.ts'

const corpora = sharedData('assessment/qti')
const oracles = sharedData('assessment/oracle')

/** What keeps an item of this tier, with a fixed template, from being imported. */
const knownReasons =
  /^(templates \(items with random parts\)|unsupported element qti-assessment-stimulus-ref|RESPONSE has no correct response)/

/** Reads one file of the corpora; anything but an item or a refusal is an error. */
function read(path: string): Item | { readonly reason: string } {
  try {
    return readItem(readFileSync(join(corpora ?? '', path), 'utf8'), { file: path })
  } catch (error) {
    if (isRefusal(error)) return { reason: error.message }
    throw new Error(`neither an item nor a refusal: ${path}`, { cause: error })
  }
}

function leaksOf(item: Item): string[] {
  const keyed = { choiceId: choiceIds('salt'), order: orderFor('salt') }
  return leaksIn(deliver(item, { ...keyed, assetUrl: () => '/media/1' }), item)
}

function isOfThisTier(path: string): boolean {
  const xml = readFileSync(join(corpora ?? '', path), 'utf8')
  return (
    /<qti-assessment-item\s/.test(xml) &&
    /<qti-(choice|text-entry)-interaction/.test(xml) &&
    !/<qti-(?!choice-|text-entry-)[a-z-]+-interaction/.test(xml) &&
    /<qti-response-processing[^>]*(match_correct|map_response)(\.xml)?"/.test(xml)
  )
}

describe.skipIf(corpora === null)('the public corpora', () => {
  const files = filesIn(corpora, ['.xml']).map((path) => ({ path, result: read(path) }))
  const accepted = files.flatMap(({ path, result }) =>
    'reason' in result ? [] : [{ path, item: result }],
  )
  const refused = files.flatMap(({ path, result }) =>
    'reason' in result ? [{ path, reason: result.reason }] : [],
  )

  it('are read, or refused with a reason in words, file by file', () => {
    expect(accepted.length).toBeGreaterThanOrEqual(40)
    expect(refused.length).toBeGreaterThan(800)
    for (const { path, reason } of refused) expect(reason, path).toMatch(/^.{8,400}$/s)
  })

  it('hold no choice or text entry with a fixed template that is refused without need', () => {
    const unexpected = refused.filter(
      ({ path, reason }) => isOfThisTier(path) && !knownReasons.test(reason),
    )

    expect(unexpected).toEqual([])
  })

  it('leak nothing of any accepted item', () => {
    for (const { path, item } of accepted) {
      expect(leaksOf(item), path).toEqual([])
    }
  })

  it('hold packages whose every file is accounted for, or that are refused whole', async () => {
    for (const path of filesIn(corpora, ['.zip', '.imscc'])) {
      try {
        const { items, skipped } = await readItemSource(join(corpora ?? '', path), path)

        for (const { file, item } of items) expect(leaksOf(item), file).toEqual([])
        for (const { reason } of skipped) expect(reason, path).toMatch(/^.{8,400}$/s)
      } catch (error) {
        expect(error, path).toMatchObject({ code: 'package_refused' })
      }
    }
  })
})

const Oracle = z.object({
  items: z.array(
    z.object({
      path: z.string(),
      version: z.string(),
      cases: z.array(
        z.object({
          responses: z
            .record(z.string(), z.array(z.string()))
            // PHP writes an empty map as an empty list.
            .or(z.tuple([]).transform(() => ({}))),
          outcomes: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
  ),
})

/**
 * Where the other engine is not followed: it was given the items as QTI 2.2.
 * - More choices than `max-choices` allows are not a response at all here.
 * - `case-sensitive` is false by default in the QTI 3.0 schema; the engine has it true.
 */
const adjudicated = [
  /BG008\.xml {"RESPONSE":\["A","B","C","D","E"\]}/,
  /BG010\.xml {"RESPONSE":\["YORK"\]} SCORE: 0\.5 for 0$/,
]

const packages = new Map<string, ReturnType<typeof readItemSource>>()

/** The item at a path of the oracle, which may lie in a package (`pack.zip!items/one.xml`). */
async function itemAt(path: string): Promise<Item | undefined> {
  const [file = '', entry] = path.replace(/^qti\//, '').split('!')
  if (entry === undefined) {
    const result = read(file)
    return 'reason' in result ? undefined : result
  }
  const source = packages.get(file) ?? readItemSource(join(corpora ?? '', file), file)
  packages.set(file, source)
  return (await source).items.find((one) => one.file === entry)?.item
}

function written(value: Value | undefined): string {
  if (!value || value.cardinality === 'record') return ''
  return value.cardinality === 'single' ? String(value.value) : value.values.join(' ')
}

/** The oracle prints numbers with 14 digits. */
function isSame(ours: string, theirs: string): boolean {
  return ours === theirs || (theirs !== '' && Math.abs(Number(ours) - Number(theirs)) < 1e-9)
}

type Case = z.output<typeof Oracle>['items'][number]['cases'][number]

function differencesIn(item: Item, { responses, outcomes }: Case): string[] {
  const resolved = resolveResponses(item, responses, (_response, identifier) => identifier)
  const ours = resolved.ok ? score(item, resolved.responses).outcomes : undefined
  return Object.entries(outcomes)
    .map(([name, theirs]) => ({ name, our: written(ours?.get(name)), their: String(theirs ?? '') }))
    .filter(({ our, their }) => !isSame(our, their))
    .map(({ name, our, their }) => `${JSON.stringify(responses)} ${name}: ${our} for ${their}`)
}

describe.skipIf(corpora === null || oracles === null)('the outcomes of another engine', () => {
  it('are ours for every response to an accepted item, but for what the standard decides', async () => {
    const text = readFileSync(join(oracles ?? '', 'qti-scores.json'), 'utf8')
    const { items } = Oracle.parse(JSON.parse(text))
    const differences: string[] = []
    let compared = 0
    for (const { path, cases } of items.filter(({ version }) => version === '3.0')) {
      const item = await itemAt(path)
      if (!item) continue
      compared += cases.length
      const found = cases.flatMap((one) => differencesIn(item, one))
      differences.push(...found.map((one) => `${path} ${one}`))
    }

    expect(compared).toBeGreaterThan(300)
    expect(differences.filter((one) => !adjudicated.some((known) => known.test(one)))).toEqual([])
  }, 60_000)
})
