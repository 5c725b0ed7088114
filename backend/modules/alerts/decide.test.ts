import { describe, expect, it } from 'vitest'
import type { Standing } from '../problems/index.ts'
import { decide, type GroupState } from './decide.ts'
import { groupKeyOf, type SilenceSpan } from './match.ts'

const start = Date.parse('2026-11-23T08:00:00Z')
const at = (minutes: number) => new Date(start + minutes * 60_000)
const quietGroup: GroupState = { told: [], lastToldAt: null, escalateAt: null }
const plain = { pendingMinutes: 0, updateMinutes: 60, escalation: null }

function problem(id: string, facts: Partial<Standing> = {}): Standing {
  return {
    _id: id,
    tenantId: 'ten_a',
    subject: `con_${id}`,
    connectionId: `con_${id}`,
    connectionName: `Moodle ${id}`,
    connectorId: 'moodle',
    connectorKind: 'lms',
    cause: 'timeout',
    status: 'open',
    severity: 'warning',
    owner: 'vendor',
    openedAt: at(0),
    resolvedAt: null,
    ...facts,
  }
}

const ids = (problems: readonly Standing[]) => problems.map(({ _id }) => _id)

/** Runs a group through these minutes, each with what is unresolved then; answers what was said when. */
function run(
  steps: readonly [minute: number, problems: readonly Standing[]][],
  rule: Partial<Parameters<typeof decide>[0]['rule']> = {},
  silences: readonly SilenceSpan[] = [],
) {
  let group = quietGroup
  const said: string[] = []
  for (const [minute, problems] of steps) {
    const decision = decide({ rule: { ...plain, ...rule }, group, problems, silences }, at(minute))
    if (decision.loud.length > 0) said.push(`${minute} ${decision.kind} ${ids(decision.loud)}`)
    if (decision.escalated.length > 0) said.push(`${minute} escalation ${ids(decision.escalated)}`)
    if (decision.resolved.length > 0) said.push(`${minute} resolved ${decision.resolved}`)
    group = decision.next
  }
  return said
}

describe('a group of problems', () => {
  it('is one alert, however many belong to it', () => {
    const many = Array.from({ length: 1000 }, (_, no) => problem(String(no)))
    const { loud, kind, dueAt } = decide(
      { rule: plain, group: quietGroup, problems: many, silences: [] },
      at(1),
    )

    expect([loud.length, kind, dueAt]).toEqual([1000, 'problem', null])
    expect(new Set(many.map(groupKeyOf))).toEqual(new Set(['moodle']))
  })

  it('tells what joins it at most once in a while, and its end when all is over', () => {
    const [a, b, c] = [problem('a'), problem('b'), problem('c')]

    expect(
      run([
        [1, [a]],
        [5, [a, b]],
        [30, [a, b, c]],
        [61, [a, b, c]],
        [62, [a, b, c]],
        [70, [c]],
        [80, []],
        [81, []],
      ]),
    ).toEqual(['1 problem a', '61 update b,c', '80 resolved c'])
  })

  it('tells at once what is graver than before', () => {
    const a = problem('a')
    const worse = problem('b', { severity: 'critical' })

    expect(
      run([
        [1, [a]],
        [5, [a, worse]],
      ]),
    ).toEqual(['1 problem a', '5 update b'])
    expect(
      run([
        [1, [a]],
        [5, [{ ...a, severity: 'critical' }]],
      ]),
    ).toEqual(['1 problem a', '5 update a'])
  })

  it('that flaps is told no more often than others', () => {
    const a = problem('a')
    const flapping = Array.from({ length: 60 }, (_, no): [number, Standing[]] => [
      no,
      no % 2 === 0 ? [a] : [],
    ])

    const said = run(flapping, { updateMinutes: 30 })

    expect(said.filter((line) => line.includes('problem'))).toEqual(['0 problem a', '30 problem a'])
  })

  it('says nothing of what ends within the pending time', () => {
    const a = problem('a')

    expect(
      run(
        [
          [1, [a]],
          [4, [a]],
          [5, []],
        ],
        { pendingMinutes: 5 },
      ),
    ).toEqual([])
    expect(
      run(
        [
          [1, [a]],
          [5, [a]],
        ],
        { pendingMinutes: 5 },
      ),
    ).toEqual(['5 problem a'])
  })

  it('is looked at again when the pending time is over', () => {
    const group = quietGroup
    const rule = { ...plain, pendingMinutes: 5 }
    const { dueAt } = decide({ rule, group, problems: [problem('a')], silences: [] }, at(1))

    expect(dueAt).toEqual(at(5))
  })

  it('does not tell what somebody looks after already', () => {
    expect(run([[1, [problem('a', { status: 'acknowledged' })]]])).toEqual([])
  })

  it('goes to the next where nobody acknowledges it', () => {
    const escalation = { afterMinutes: 30, routeIds: ['alt_boss'] }
    const [a, b] = [problem('a'), problem('b')]
    const taken = { ...a, status: 'acknowledged' as const }

    expect(
      run(
        [
          [0, [a, b]],
          [29, [a, b]],
          [30, [taken, b]],
          [60, [taken, b]],
        ],
        { escalation },
      ),
    ).toEqual(['0 problem a,b', '30 escalation b'])
    expect(
      run(
        [
          [0, [a]],
          [30, [taken]],
        ],
        { escalation },
      ),
    ).toEqual(['0 problem a'])
    expect(
      run(
        [
          [0, [a]],
          [10, []],
          [30, []],
        ],
        { escalation },
      ),
    ).toEqual(['0 problem a', '10 resolved a'])
  })

  it('keeps what is silenced apart, until the silence ends', () => {
    const match = {
      severities: [],
      causes: [],
      connectorKinds: [],
      connectorIds: [],
      owners: [],
      connectionIds: ['con_a'],
    }
    const silences = [{ match, startsAt: at(0), endsAt: at(120) }]
    const decision = decide(
      { rule: plain, group: quietGroup, problems: [problem('a'), problem('b')], silences },
      at(1),
    )

    expect(ids(decision.loud)).toEqual(['b'])
    expect(ids(decision.silenced)).toEqual(['a'])
    expect(decision.silencedUntil).toEqual(at(120))
  })
})
