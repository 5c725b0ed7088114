import type { Client } from '../../shared/api/client.ts'
import type { LearningPath } from '../../shared/api/paths.ts'
import type { Candidate, CandidatePage } from './candidate.ts'
import * as messages from './lazy-messages.ts'

interface Query {
  readonly limit: number
  readonly cursor: string | undefined
  readonly q: string | undefined
}

/** One page of what is looked for less often. */
export async function findMore(
  client: Client,
  kind: 'path' | 'dashboard',
  query: Query,
  signal: AbortSignal,
): Promise<CandidatePage> {
  if (kind === 'dashboard') return { candidates: [courseResults()], nextCursor: null }
  const { data, nextCursor } = await client('GET /api/v1/learning-paths', { query, signal })
  return { candidates: data.map(pathCandidate), nextCursor }
}

function pathCandidate({ id, name, steps }: LearningPath): Candidate {
  return { kind: 'path', id, title: name, facts: [messages.steps(steps.length)] }
}

function courseResults(): Candidate {
  const title = messages.courseResults()
  return { kind: 'dashboard', id: 'course-results', title, facts: [messages.courseResultsFact()] }
}
