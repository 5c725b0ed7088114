import { type ChainedEntry, genesisHash, hashOf } from './chain.ts'
import { type Checkpoint, signatureHash } from './checkpoints.ts'
import type { AuditProblem, AuditVerification } from './definition.ts'

export interface CheckedCheckpoint extends Checkpoint {
  readonly signatureOk: boolean
}

/** More would be no easier to act on. */
const mostProblems = 10_000
const mostReorderedLooked = 300

/** Walks the chain in its order and names every entry that is not as it was written. */
export async function verifyChain(
  entries: AsyncIterable<ChainedEntry> | Iterable<ChainedEntry>,
  checkpoints: readonly CheckedCheckpoint[],
): Promise<AuditVerification> {
  const problems: AuditProblem[] = []
  const unlike: ChainedEntry[] = []
  const missing: number[] = []
  const signed = new Map(
    checkpoints.filter((each) => each.signatureOk).map((each) => [each.seq, each]),
  )
  const found = { count: 0, last: { seq: 0, hash: genesisHash, isWhole: true }, vouched: 0 }

  const report = (seq: number, kind: AuditProblem['kind'], detail: string) => {
    if (problems.length < mostProblems) problems.push({ seq, kind, detail })
  }
  const lost = (from: number, to: number, evidence: string) => {
    for (let seq = from; seq <= to && missing.length < mostProblems; seq++) {
      missing.push(seq)
      report(seq, 'removed', `entry ${seq} is missing: ${evidence}`)
    }
  }

  for await (const entry of entries) {
    const { last } = found
    found.count++
    lost(last.seq + 1, entry.seq - 1, `entry ${entry.seq} is there`)
    const isWhole = hashOf(entry.prevHash, entry) === entry.hash
    if (!isWhole) unlike.push(entry)
    else if (last.isWhole && entry.seq === last.seq + 1 && entry.prevHash !== last.hash) {
      const named = Math.max(1, last.seq)
      report(named, 'changed', `entry ${entry.seq} was written after another entry ${last.seq}`)
    }
    const checkpoint = signed.get(entry.seq)
    if (checkpoint && checkpoint.hash !== entry.hash) {
      report(
        entry.seq,
        'checkpoint',
        `an entry from ${found.vouched + 1} to ${entry.seq} was rewritten: checkpoint ${checkpoint.no} of ${checkpoint.at} signed another hash`,
      )
    } else if (checkpoint) found.vouched = entry.seq
    found.last = { seq: entry.seq, hash: entry.hash, isWhole }
  }

  const promised = Math.max(0, ...signed.keys())
  lost(found.last.seq + 1, promised, `a signed checkpoint counts ${promised} entries`)
  for (const entry of unlike) {
    const kind = isReordered(entry, unlike, missing) ? 'reordered' : 'changed'
    report(entry.seq, kind, detailOf(kind, entry))
  }
  for (const { seq, detail } of checkpointProblems(checkpoints)) report(seq, 'checkpoint', detail)

  problems.sort((a, b) => a.seq - b.seq)
  return {
    ok: problems.length === 0,
    entries: found.count,
    checkpoints: checkpoints.length,
    problems,
  }
}

/** Whether the entry is whole, but was written under the number of another that is not. */
function isReordered(
  entry: ChainedEntry,
  unlike: readonly ChainedEntry[],
  missing: readonly number[],
): boolean {
  const numbers = [...unlike.map(({ seq }) => seq), ...missing].slice(0, mostReorderedLooked)
  return numbers.some((seq) => hashOf(entry.prevHash, { ...entry, seq }) === entry.hash)
}

function detailOf(kind: 'reordered' | 'changed', { seq, id }: ChainedEntry): string {
  return kind === 'reordered'
    ? `entry ${id} was moved to place ${seq}`
    : `the content of entry ${id} is not what was written`
}

function checkpointProblems(checkpoints: readonly CheckedCheckpoint[]) {
  const problems: { seq: number; detail: string }[] = []
  let previous = { no: 0, hash: genesisHash }
  for (const { no, seq, signature, signatureOk, previous: named } of checkpoints) {
    if (!signatureOk)
      problems.push({ seq, detail: `the signature of checkpoint ${no} is not ours` })
    else if (no !== previous.no + 1) {
      problems.push({ seq, detail: `a checkpoint before number ${no} was removed` })
    } else if (named !== previous.hash) {
      problems.push({ seq, detail: `the checkpoint before number ${no} was replaced` })
    }
    previous = { no, hash: signatureHash(signature) }
  }
  return problems
}
