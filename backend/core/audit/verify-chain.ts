import { type ChainedEntry, genesisHash, isWhole } from './chain.ts'
import { type Checkpoint, signatureHash } from './checkpoints.ts'
import type { AuditProblem, AuditVerification } from './definition.ts'

export interface CheckedCheckpoint extends Checkpoint {
  readonly signatureOk: boolean
}

/** More would be no easier to act on. */
const mostProblems = 10_000
const mostReorderedLooked = 300

/** What is known of the entry before the one that is looked at. */
interface Last {
  readonly seq: number
  readonly hash: string
  readonly whole: boolean
}

/** Walks the chain in its order and names every entry that is not as it was written. */
export async function verifyChain(
  entries: AsyncIterable<ChainedEntry> | Iterable<ChainedEntry>,
  checkpoints: readonly CheckedCheckpoint[],
): Promise<AuditVerification> {
  const problems: AuditProblem[] = []
  const unlike: ChainedEntry[] = []
  const missing: number[] = []
  const signed = signedBySeq(checkpoints)
  let count = 0
  let vouched = 0
  let last: Last = { seq: 0, hash: genesisHash, whole: true }

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
    count++
    const { seq, hash } = entry
    const whole = isWhole(entry)
    lost(last.seq + 1, seq - 1, `entry ${seq} is there`)
    if (!whole) unlike.push(entry)
    else if (!follows(entry, last)) {
      report(Math.max(1, last.seq), 'changed', `entry ${seq} follows another entry ${last.seq}`)
    }
    const checkpoint = signed.get(seq)
    if (checkpoint?.hash === hash) vouched = seq
    else if (checkpoint) report(seq, 'checkpoint', rewritten(checkpoint, vouched))
    last = { seq, hash, whole }
  }

  const promised = Math.max(0, ...signed.keys())
  lost(last.seq + 1, promised, `a signed checkpoint counts ${promised} entries`)
  for (const entry of unlike) {
    const kind = isReordered(entry, unlike, missing) ? 'reordered' : 'changed'
    report(entry.seq, kind, detailOf(kind, entry))
  }
  for (const { seq, detail } of checkpointProblems(checkpoints)) report(seq, 'checkpoint', detail)

  problems.sort((a, b) => a.seq - b.seq)
  return { ok: problems.length === 0, entries: count, checkpoints: checkpoints.length, problems }
}

function signedBySeq(checkpoints: readonly CheckedCheckpoint[]): Map<number, Checkpoint> {
  return new Map(checkpoints.filter((each) => each.signatureOk).map((each) => [each.seq, each]))
}

/** Where the entry before is missing or changed itself, that was said already. */
function follows(entry: ChainedEntry, last: Last): boolean {
  return !last.whole || entry.seq !== last.seq + 1 || entry.prevHash === last.hash
}

function rewritten({ no, seq, at }: Checkpoint, vouched: number): string {
  return `an entry from ${vouched + 1} to ${seq} was rewritten: checkpoint ${no} of ${at} signed another hash`
}

/** Whether the entry is whole, but was written under the number of another that is not. */
function isReordered(
  entry: ChainedEntry,
  unlike: readonly ChainedEntry[],
  missing: readonly number[],
): boolean {
  const numbers = [...unlike.map(({ seq }) => seq), ...missing].slice(0, mostReorderedLooked)
  return numbers.some((seq) => isWhole({ ...entry, seq }))
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
    if (!signatureOk) {
      problems.push({ seq, detail: `the signature of checkpoint ${no} is not ours` })
    } else if (no !== previous.no + 1) {
      problems.push({ seq, detail: `a checkpoint before number ${no} was removed` })
    } else if (named !== previous.hash) {
      problems.push({ seq, detail: `the checkpoint before number ${no} was replaced` })
    }
    previous = { no, hash: signatureHash(signature) }
  }
  return problems
}
