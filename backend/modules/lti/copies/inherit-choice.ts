import {
  type Choice,
  findChoiceIn,
  findChoicesOfLinks,
  type LinkPlace,
  saveChoice,
} from '../resource-link-store.ts'
import type { CopyHistory } from './copy-history.ts'

/** The link of a launch, by where it stands and how it is called. */
export interface CopiedLink extends LinkPlace {
  readonly title: string | null
}

/**
 * What a copied link opens: what the teacher chose for the one it was copied from. It becomes the copy's own
 * choice. An LMS that names only the course before (Moodle, Canvas) has its link told by its title, if no other
 * link of that course is called the same.
 */
export async function inheritChoice(
  link: CopiedLink,
  history: CopyHistory,
): Promise<Choice | undefined> {
  const choice = await originalChoice(link, history)
  if (choice !== undefined) await saveChoice(link, choice, link.title)
  return choice
}

async function originalChoice(
  link: CopiedLink,
  { contextIds, resourceLinkIds }: CopyHistory,
): Promise<Choice | undefined> {
  const byLink = await findChoicesOfLinks(link, resourceLinkIds)
  for (const id of resourceLinkIds) {
    const [row, another] = byLink.filter(
      ({ resourceLinkId, contextId }) =>
        resourceLinkId === id &&
        (contextIds.length === 0 ||
          contextId === link.contextId ||
          (contextId !== null && contextIds.includes(contextId))),
    )
    // The same id in two courses tells nothing.
    if (row && !another) return row.choice
  }
  if (link.title === null) return undefined
  for (const contextId of contextIds) {
    const [row, another] = await findChoiceIn(link, contextId, link.title)
    if (row && !another) return row.choice
  }
  return undefined
}
