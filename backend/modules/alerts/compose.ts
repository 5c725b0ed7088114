import type { Alert } from '../../../shared/api/alerts.ts'
import type { ProblemSeverity } from '../../../shared/problem-causes.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'
import type { Standing } from '../problems/index.ts'
import { gravest, rank } from './decide.ts'

export interface Composed {
  readonly severity: ProblemSeverity
  readonly title: string
  /** Plain text, in paragraphs. */
  readonly text: string
  readonly link: string
  readonly isOver: boolean
}

interface Material {
  readonly kind: Alert['kind']
  readonly problems: readonly Standing[]
  readonly publicUrl: string
  connectorName(id: string): string
}

const namedAtMost = 10
const number = new Intl.NumberFormat('en-GB')

/** What an alert says, by how its problems stand when it is sent. */
export function compose(material: Material): Composed {
  const { kind, problems, publicUrl } = material
  const lasting = problems.filter(({ status }) => status !== 'resolved')
  const isOver = lasting.length === 0
  const shown = isOver ? problems : lasting
  const severity = gravest(shown.map((problem) => problem.severity))
  const only = problems.length === 1 ? problems[0] : undefined
  const link = only ? `${publicUrl}/admin/problems/${only._id}` : `${publicUrl}/admin/problems`
  const text = [
    ...openingOf(kind, isOver),
    ...causesOf(shown).flatMap((group) => paragraphsOf(group, isOver)),
    ...(kind === 'digest' && !isOver ? overSince(problems.length - lasting.length) : []),
    link,
  ].join('\n\n')
  return { severity, title: titleOf(material, shown, isOver), text, link, isOver }
}

function titleOf(
  { kind, connectorName }: Material,
  shown: readonly Standing[],
  isOver: boolean,
): string {
  const start = { escalation: 'Nobody has taken this: ', digest: 'Daily summary: ' }
  const before = kind === 'escalation' || kind === 'digest' ? start[kind] : ''
  return `${before}${isOver ? 'Works again: ' : ''}${subjectOf(shown, connectorName, isOver)}`
}

function subjectOf(
  shown: readonly Standing[],
  connectorName: Material['connectorName'],
  isOver: boolean,
): string {
  const [first] = shown
  if (!first) return 'nothing'
  const causes = causesOf(shown)
  const { title } = problemGuide[first.cause]
  if (shown.length === 1) {
    const name = first.connectionName ?? connectorName(first.connectorId ?? first.subject)
    return isOver ? name : `${name}: ${title}`
  }
  const connectors = [...new Set(shown.map(({ connectorId }) => connectorId ?? ''))]
  const connections = new Set(shown.map(({ subject }) => subject)).size
  const system =
    connectors.length === 1 ? connectorName(connectors[0] ?? '') : `${connectors.length} systems`
  const many = connections === 1 ? '1 connection' : `${number.format(connections)} connections`
  if (isOver) return `${system}, ${many}`
  return causes.length === 1
    ? `${system}, ${many}: ${title}`
    : `${system}: ${number.format(shown.length)} problems with ${many}`
}

function openingOf(kind: Alert['kind'], isOver: boolean): string[] {
  if (isOver && kind !== 'resolved') return ['This is over already; it is told for the record.']
  if (kind === 'escalation') return ['It was told a while ago, and nobody has acknowledged it yet.']
  if (kind === 'update') return ['This has joined what was told before.']
  return []
}

function causesOf(problems: readonly Standing[]): Standing[][] {
  const byCause = new Map<string, Standing[]>()
  for (const problem of problems) {
    const group = byCause.get(problem.cause)
    if (group) group.push(problem)
    else byCause.set(problem.cause, [problem])
  }
  return [...byCause.values()].sort(
    ([a], [b]) => (b ? rank(b.severity) : 0) - (a ? rank(a.severity) : 0),
  )
}

function paragraphsOf(group: readonly Standing[], isOver: boolean): string[] {
  const [first] = group
  if (!first) return []
  const { title, whatHappened, whatToDo } = problemGuide[first.cause]
  const names = group
    .slice(0, namedAtMost)
    .map((problem) => problem.connectionName ?? problem.subject)
  const rest = group.length - names.length
  const list = [...names, ...(rest > 0 ? [`and ${number.format(rest)} more`] : [])].join(', ')
  if (isOver) return [`${title}: ${list}.`]
  return [
    `${title}: ${list}.`,
    whatHappened,
    ['What to do:', ...whatToDo.map((step) => `– ${step}`)].join('\n'),
  ]
}

function overSince(count: number): string[] {
  if (count === 0) return []
  return [
    count === 1 ? 'One more is over already.' : `${number.format(count)} more are over already.`,
  ]
}
