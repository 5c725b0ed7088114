import type { Alert } from '../../../../shared/api/alerts.ts'
import { problemGuide } from '../../../../shared/problem-guide.ts'
import { newId } from '../../../core/ids.ts'
import type { Standing } from '../../problems/index.ts'
import type { Composed } from '../compose.ts'

/** An alert on its way, whatever the way. */
export interface Message extends Composed {
  /** Stays the same however often it is tried, so that a receiver can tell a repetition. */
  readonly id: string
  readonly kind: Alert['kind'] | 'test'
  readonly at: Date
  readonly problemCount: number
  readonly problems: readonly MessageProblem[]
}

interface MessageProblem {
  readonly id: string
  readonly tenantId: string
  readonly connectionId: string | null
  readonly connectorId: string | null
  readonly cause: string
  readonly severity: string
  readonly status: string
  readonly owner: string
  readonly title: string
  readonly url: string
}

const mostProblems = 100

export function messageProblems(
  problems: readonly Standing[],
  publicUrl: string,
): MessageProblem[] {
  return problems.slice(0, mostProblems).map((problem) => ({
    id: problem._id,
    tenantId: problem.tenantId,
    connectionId: problem.connectionId,
    connectorId: problem.connectorId,
    cause: problem.cause,
    severity: problem.severity,
    status: problem.status,
    owner: problem.owner,
    title: problemGuide[problem.cause].title,
    url: `${publicUrl}/admin/problems/${problem._id}`,
  }))
}

export function testMessage(
  routeName: string,
  { now, publicUrl }: { now(): Date; readonly publicUrl: string },
): Message {
  const at = now()
  const link = `${publicUrl}/admin/alerts`
  return {
    id: newId('alm', at.getTime()),
    kind: 'test',
    at,
    severity: 'info',
    title: 'Test of alerts',
    text: `This is a test of “${routeName}”. Nothing is wrong; alerts will arrive here.\n\n${link}`,
    link,
    isOver: false,
    problemCount: 0,
    problems: [],
  }
}
