export { findPage, given, type PageQuery, timeFilter } from './find-page.ts'
export type { SortField } from './position.ts'
