import { msg, str } from '@lit/localize'

export const pickerTitle = () => msg('Choose what to add', { id: 'picker-title' })
export const kindLegend = () => msg('Show', { id: 'picker-kind' })
export const items = () => msg('Assessments', { id: 'picker-items' })
export const resources = () => msg('Resources', { id: 'picker-resources' })
export const paths = () => msg('Learning paths', { id: 'picker-paths' })
export const dashboards = () => msg('Dashboards', { id: 'picker-dashboards' })
export const searchLabel = () => msg('Search', { id: 'picker-search' })
export const searchHint = () =>
  msg('For example “fractions” or “working memory”', { id: 'picker-search-hint' })
export const searching = () => msg('Searching …', { id: 'picker-searching' })
export const results = (count: number, hasMore: boolean) => {
  if (hasMore) {
    return msg(str`The first ${count} results. Show more below.`, { id: 'picker-results-more' })
  }
  return count === 1
    ? msg('1 result', { id: 'picker-result' })
    : msg(str`${count} results`, { id: 'picker-results' })
}
export const showMore = () => msg('Show more', { id: 'picker-more' })
export const preview = () => msg('Preview', { id: 'picker-preview' })
export const previewOf = (title: string) =>
  msg(str`Preview “${title}”`, { id: 'picker-preview-of' })
export const choosePreview = () =>
  msg('Press “Preview” beside a title to look at it here before you add it.', {
    id: 'picker-choose-preview',
  })
export const chosen = (count: number) => {
  if (count === 0) return msg('Nothing chosen yet', { id: 'picker-none-chosen' })
  return count === 1
    ? msg('1 chosen', { id: 'picker-one-chosen' })
    : msg(str`${count} chosen`, { id: 'picker-chosen' })
}
export const chooseFirst = () =>
  msg('Choose at least one title first.', { id: 'picker-choose-first' })
export const add = () => msg('Add to the course', { id: 'picker-add' })
export const adding = () => msg('Adding …', { id: 'picker-adding' })
export const cancel = () => msg('Cancel', { id: 'picker-cancel' })
export const questions = (count: number) =>
  count === 1
    ? msg('1 question', { id: 'questions-one' })
    : msg(str`${count} questions`, { id: 'questions' })
export const placement = () => msg('Dates and points', { id: 'picker-placement' })
