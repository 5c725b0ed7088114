import { msg, str } from '@lit/localize'
import { currentLocale } from './localization.ts'

export const loading = () => msg('Loading …', { id: 'loading' })
export const tryAgain = () => msg('Try again', { id: 'try-again' })
export const reference = (id: string) => msg(str`Reference: ${id}`, { id: 'reference' })
export const unreachable = () =>
  msg('The server cannot be reached. Check your connection and try again.', { id: 'unreachable' })
export const sessionEnded = () =>
  msg('Your session has ended. Close this activity and open it again from your course.', {
    id: 'session-ended',
  })
export const busy = () =>
  msg('The service is busy. Wait a few seconds and try again.', { id: 'busy' })
export const notFound = () =>
  msg('This activity no longer exists. Ask the person who gave it to you.', { id: 'not-found' })
export const notAllowed = () =>
  msg('You cannot open this here. Open it again from your course.', { id: 'not-allowed' })
export const unexpected = () =>
  msg('Something went wrong on our side. Try again in a moment.', { id: 'unexpected' })
export const marks = (count: number) =>
  count === 1
    ? msg('1 mark', { id: 'marks-one' })
    : msg(str`${formatNumber(count)} marks`, { id: 'marks' })
export const opensInNewWindow = () => msg('opens in a new window', { id: 'opens-in-new-window' })

/** Scores may be fractions; a reader needs no more than two places. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(currentLocale(), { maximumFractionDigits: 2 }).format(value)
}
