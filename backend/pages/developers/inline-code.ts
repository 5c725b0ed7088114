import { escapeHtml, type Html } from '../../core/html.ts'

/** A sentence whose backticks mark code; everything else is escaped. */
export function inlineCode(text: string): Html {
  const markup = escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
  return { markup }
}
