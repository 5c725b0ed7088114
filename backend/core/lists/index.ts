export {
  type FoundPage,
  findPage,
  given,
  type PageQuery,
  showEach,
  showPage,
  type TimedQuery,
  timeFilter,
} from './find-page.ts'
export { orderedBy } from './indexes.ts'
