import { describe, expect, it } from 'vitest'
import { type AuditContent, type ChainedEntry, chain, genesisHash, hashOf } from './chain.ts'
import { signatureHash } from './checkpoints.ts'
import { type CheckedCheckpoint, verifyChain } from './verify-chain.ts'

function contents(count: number): Omit<AuditContent, 'seq'>[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `aud_${i + 1}`,
    tenantId: 'ten_1',
    at: new Date(i * 1000).toISOString(),
    action: 'item.read',
    actor: { kind: 'staff', id: `usr_${i}` },
    target: { type: 'item', id: `itm_${i}` },
    fields: ['title'],
    purpose: null,
    result: 'success' as const,
    detail: null,
    remoteAddress: null,
    requestId: `req_${i}`,
  }))
}

const whole = () => chain({ seq: 0, hash: genesisHash }, contents(20))

function checkpointsAt(entries: readonly ChainedEntry[], ...seqs: number[]): CheckedCheckpoint[] {
  let previous = genesisHash
  return seqs.map((seq, i) => {
    const hash = entries.find((entry) => entry.seq === seq)?.hash ?? ''
    const signature = `signature-${seq}`
    const checkpoint = {
      ...{ tenantId: 'ten_1', no: i + 1, seq, hash, at: '2026-11-23T00:00:00.000Z', keyId: 'ak_1' },
      ...{ previous, signature, signatureOk: true },
    }
    previous = signatureHash(signature)
    return checkpoint
  })
}

function rehash(entry: ChainedEntry, prevHash = entry.prevHash): ChainedEntry {
  const { prevHash: _before, hash: _old, ...content } = entry
  return { ...content, prevHash, hash: hashOf(prevHash, content) }
}

const named = ({ problems }: Awaited<ReturnType<typeof verifyChain>>) =>
  problems.map(({ seq, kind }) => `${seq} ${kind}`)

describe('a chain nobody touched', () => {
  it('verifies, empty or not, with and without checkpoints', async () => {
    const entries = whole()

    expect(await verifyChain([], [])).toEqual({
      ok: true,
      entries: 0,
      checkpoints: 0,
      problems: [],
    })
    expect(await verifyChain(entries, [])).toMatchObject({ ok: true, entries: 20 })
    expect(await verifyChain(entries, checkpointsAt(entries, 5, 20))).toMatchObject({
      ok: true,
      checkpoints: 2,
    })
  })
})

describe('a changed entry', () => {
  it.each([
    ['its action', { action: 'item.delete' }],
    ['who acted', { actor: { kind: 'staff', id: 'usr_other' } }],
    ['when', { at: '2020-01-01T00:00:00.000Z' }],
    ['its result', { result: 'refused' as const }],
    ['its fields', { fields: [] }],
    ['what it was about', { target: null }],
    ['a member that was added', { note: 'x' }],
    ['its own hash', { hash: 'f'.repeat(64) }],
  ])('is named, whatever changed: %s', async (_what, change) => {
    const entries = whole().map((entry) => (entry.seq === 7 ? { ...entry, ...change } : entry))

    expect(named(await verifyChain(entries, []))).toEqual(['7 changed'])
  })

  it('is named each, where there are several, the first first', async () => {
    const entries = whole().map((entry) =>
      [3, 4, 12].includes(entry.seq) ? { ...entry, action: 'item.write' } : entry,
    )

    expect(named(await verifyChain(entries, []))).toEqual(['3 changed', '4 changed', '12 changed'])
  })

  it('is named when its hash was made to fit', async () => {
    const entries = whole().map((entry) =>
      entry.seq === 7 ? rehash({ ...entry, action: 'item.write' }) : entry,
    )

    expect(named(await verifyChain(entries, []))).toEqual(['7 changed'])
  })

  it('is found by the checkpoint when all hashes after it were made to fit', async () => {
    const entries = whole()
    const checkpoints = checkpointsAt(entries, 5, 15)
    let prevHash = entries[5]?.hash ?? ''
    const forged = entries.map((entry) => {
      if (entry.seq < 7) return entry
      const next = rehash(entry.seq === 7 ? { ...entry, action: 'x' } : entry, prevHash)
      prevHash = next.hash
      return next
    })

    const { problems } = await verifyChain(forged, checkpoints)

    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ seq: 15, kind: 'checkpoint' })
    expect(problems[0]?.detail).toContain('an entry from 6 to 15 was rewritten')
  })
})

describe('removed entries', () => {
  it.each([
    ['one in the middle', [9], ['9 removed']],
    ['three in a row', [9, 10, 11], ['9 removed', '10 removed', '11 removed']],
    ['the first', [1], ['1 removed']],
    ['two apart', [4, 18], ['4 removed', '18 removed']],
  ])('are named: %s', async (_what, gone, expected) => {
    const entries = whole().filter(({ seq }) => !gone.includes(seq))

    expect(named(await verifyChain(entries, []))).toEqual(expected)
  })

  it('are named at the end too, when a checkpoint counted them', async () => {
    const entries = whole()
    const checkpoints = checkpointsAt(entries, 10, 18)

    const cut = await verifyChain(entries.slice(0, 16), checkpoints)
    const emptied = await verifyChain([], checkpoints)

    expect(named(cut)).toEqual(['17 removed', '18 removed'])
    expect(emptied.problems).toHaveLength(18)
  })

  it('are found by the checkpoint when the rest was numbered and linked anew', async () => {
    const entries = whole()
    const kept = contents(20).filter(({ id }) => id !== 'aud_9')

    const forged = chain({ seq: 0, hash: genesisHash }, kept)

    expect(named(await verifyChain(forged, checkpointsAt(entries, 5, 15)))).toEqual([
      '15 checkpoint',
    ])
  })
})

describe('re-ordered entries', () => {
  it.each([
    ['neighbours', 6, 7],
    ['far ones', 3, 17],
    ['the first and the last', 1, 20],
  ])('are named: %s', async (_what, a, b) => {
    const entries = whole()
      .map((entry) => {
        if (entry.seq === a) return { ...entry, seq: b }
        if (entry.seq === b) return { ...entry, seq: a }
        return entry
      })
      .sort((x, y) => x.seq - y.seq)

    expect(named(await verifyChain(entries, []))).toEqual([`${a} reordered`, `${b} reordered`])
  })

  it('are named when one was moved into the place of a removed one', async () => {
    const entries = whole()
      .filter(({ seq }) => seq !== 5)
      .map((entry) => (entry.seq === 20 ? { ...entry, seq: 5 } : entry))
      .sort((x, y) => x.seq - y.seq)

    const result = await verifyChain(entries, checkpointsAt(whole(), 20))

    expect(named(result)).toEqual(['5 reordered', '20 removed'])
  })
})

describe('checkpoints', () => {
  it('are named when their signature is not ours, and then prove nothing', async () => {
    const entries = whole()
    const checkpoints = checkpointsAt(entries, 5, 15).map((each) =>
      each.no === 2 ? { ...each, signatureOk: false } : each,
    )

    expect(named(await verifyChain(entries, checkpoints))).toEqual(['15 checkpoint'])
  })

  it('are missed when one before others was removed or replaced', async () => {
    const entries = whole()
    const checkpoints = checkpointsAt(entries, 5, 10, 15)
    const removed = checkpoints.filter(({ no }) => no !== 2)
    const replaced = checkpoints.map((each) =>
      each.no === 1 ? { ...each, signature: 'another of ours' } : each,
    )

    expect(named(await verifyChain(entries, removed))).toEqual(['15 checkpoint'])
    expect(named(await verifyChain(entries, replaced))).toEqual(['10 checkpoint'])
  })
})
