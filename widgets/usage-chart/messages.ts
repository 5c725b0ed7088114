import { msg, str } from '@lit/localize'
import { formatNumber } from '../core/messages.ts'
import type { Band } from './usage-series.ts'

export const loadingUsage = () => msg('Counting the calls …', { id: 'usage-loading' })
export const title = () => msg('Calls of the API', { id: 'usage-title' })
export const showBy = () => msg('Show by', { id: 'usage-show-by' })
export const period = () => msg('Period', { id: 'usage-period' })
export const days = (count: number) =>
  msg(str`Last ${formatNumber(count)} days`, { id: 'usage-days' })
export const asTable = () => msg('Show the numbers as a table', { id: 'usage-as-table' })
export const total = () => msg('Total', { id: 'usage-total' })
export const calls = (count: number) =>
  count === 1
    ? msg('1 call', { id: 'usage-calls-one' })
    : msg(str`${formatNumber(count)} calls`, { id: 'usage-calls' })
export const nothingTitle = () => msg('No calls yet', { id: 'usage-nothing-title' })
export const nothingText = () =>
  msg('Calls appear here a second after they were made.', { id: 'usage-nothing-text' })
export const truncated = () =>
  msg('Only the first 10,000 groups are shown.', { id: 'usage-truncated' })
export const chartFailed = () =>
  msg('The drawing could not be loaded; the table has the same numbers.', {
    id: 'usage-chart-failed',
  })
export const updated = (count: number) =>
  msg(str`${formatNumber(count)} calls are shown`, { id: 'usage-updated' })

const groups = {
  day: () => msg('Day', { id: 'usage-day' }),
  operation: () => msg('Operation', { id: 'usage-operation' }),
  status: () => msg('Status', { id: 'usage-status' }),
  key: () => msg('Key', { id: 'usage-key' }),
  month: () => msg('Month', { id: 'usage-month' }),
  caller: () => msg('Kind of caller', { id: 'usage-caller' }),
  tenant: () => msg('Organisation', { id: 'usage-organisation' }),
}

export type ShownGroup = keyof typeof groups
export const shownGroups = Object.keys(groups) as ShownGroup[]

export function groupName(group: ShownGroup): string {
  return groups[group]()
}

const bands: Record<Band, () => string> = {
  answered: () => msg('Answered (1xx–3xx)', { id: 'usage-answered' }),
  refused: () => msg('Refused (4xx)', { id: 'usage-refused' }),
  failed: () => msg('Failed (5xx)', { id: 'usage-failed' }),
}

export function bandName(band: Band): string {
  return bands[band]()
}
