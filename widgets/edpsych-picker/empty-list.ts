import type { TemplateResult } from 'lit'
import { emptyState } from '../core/states.ts'
import type { Question } from './candidate.ts'
import * as messages from './lazy-messages.ts'

/** Why there is nothing to choose, and what helps. */
export function emptyList({ kind, words }: Pick<Question, 'kind' | 'words'>): TemplateResult {
  if (words !== '') return emptyState(messages.nothingFound(words), messages.otherWords())
  switch (kind) {
    case 'item':
      return emptyState(messages.noItems(), messages.noItemsHelp())
    case 'path':
      return emptyState(messages.noPaths(), messages.noPathsHelp())
    default:
      return emptyState(messages.noResources(), messages.noResourcesHelp())
  }
}
