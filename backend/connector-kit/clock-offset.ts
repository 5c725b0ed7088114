/**
 * By how much the sender's clock is ahead of ours, by the `Date` of its answer; null where that says nothing:
 * none, not readable, or an answer that a cache kept for a while.
 */
export function clockOffset(
  headers: Readonly<Record<string, string>> | undefined,
  sentAt: number,
  receivedAt: number,
): number | null {
  const text = headers?.['date']
  if (text === undefined || headers?.['age'] !== undefined) return null
  const theirs = Date.parse(text)
  if (Number.isNaN(theirs)) return null
  // It was written at some moment between our question and its answer.
  if (theirs > receivedAt) return theirs - receivedAt
  // RFC 9110 §5.6.7: the header has whole seconds, cut off.
  return Math.min(0, theirs + 999 - sentAt)
}
