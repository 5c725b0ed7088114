import type { z } from 'zod'
import type { Client } from '../../shared/api/client.ts'
import type { Item } from '../../shared/api/items.ts'
import type { Resource } from '../../shared/api/resources.ts'
import { marks } from '../core/messages.ts'
import { kindName } from '../edpsych-resource/messages.ts'
import type { Candidate, CandidatePage, Question } from './candidate.ts'
import * as messages from './messages.ts'

const limit = 20

/** Asks the server for one page of what can be picked. */
export async function findCandidates(
  client: Client,
  { kind, words, cursor }: Question,
  signal: AbortSignal,
): Promise<CandidatePage> {
  const query = { limit, cursor, q: words === '' ? undefined : words }
  if (kind === 'item') {
    const { data, nextCursor } = await client('GET /api/v1/items', { query, signal })
    return { candidates: data.map(itemCandidate), nextCursor }
  }
  if (kind !== 'resource') {
    const { findMore } = await import('./more-candidates.ts')
    return findMore(client, kind, query, signal)
  }
  const { data, nextCursor } = await client('GET /api/v1/resources', { query, signal })
  return { candidates: data.map(resourceCandidate), nextCursor }
}

function itemCandidate(item: z.output<typeof Item>): Candidate {
  const { id, title, interactions, maxScore } = item
  return {
    kind: 'item',
    id,
    title,
    maxScore,
    facts: [messages.questions(interactions.length), marks(maxScore)],
  }
}

function resourceCandidate(resource: z.output<typeof Resource>): Candidate {
  const { id, name, learningResourceType, educationalLevel, about, license } = resource
  const level = educationalLevel ?? ''
  const facts = [kindName(learningResourceType), level, about.join(', '), license.name]
  return { kind: 'resource', id, title: name, facts: facts.filter((fact) => fact !== '') }
}
