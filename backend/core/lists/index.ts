export {
  type FoundPage,
  findPage,
  given,
  type PageQuery,
  showPage,
  timeFilter,
} from './find-page.ts'
export { orderedBy } from './indexes.ts'
export type { SortField } from './position.ts'
