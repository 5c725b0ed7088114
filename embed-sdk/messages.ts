import type { EmbedMessage } from '../shared/embed-message.ts'

/** Why the content cannot be seen. */
export type EmbedProblem = 'address' | 'blocked' | 'offline' | 'gone' | 'silent'

/** What a reader sees before the plain link; a refused address is not repeated as one. */
export const problemTexts: Readonly<Record<Exclude<EmbedProblem, 'address'>, string>> = {
  blocked: 'The security policy of this page does not let it show this content here.',
  offline: 'You seem to be offline, so this content cannot be shown now.',
  gone: 'This content was withdrawn by its owner.',
  silent: 'This content cannot be shown inside this page.',
}

/** Checks by hand what came from another window; undefined for anything that is not ours. */
export function parseMessage(data: unknown): EmbedMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { ns, v, type, height } = data as Record<string, unknown> // each is checked below
  if (ns !== 'edpsych' || v !== 1) return undefined
  if (type === 'ready' || type === 'gone') return { ns, v, type }
  if (type === 'resize' && typeof height === 'number' && Number.isFinite(height)) {
    return { ns, v, type, height }
  }
  return undefined
}
