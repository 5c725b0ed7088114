import type { SavedView } from './saved-views.ts'
import type { Column, Filter, TableState } from './table-declaration.ts'

/** What the parts of a table read of it, and what they ask of it. */
export interface TableHost<Row> {
  readonly caption: string
  readonly searchLabel: string | undefined
  readonly columns: readonly Column<Row>[]
  readonly shownColumns: readonly Column<Row>[]
  readonly filters: readonly Filter[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly rowHref: ((row: Row) => string) | undefined
  readonly table: TableState
  readonly busy: boolean
  readonly cursors: readonly string[]
  readonly nextCursor: string | null
  readonly summary: string
  readonly theme: 'light' | 'dark' | undefined
  freshness(row: Row): number
  searchFor(text: string, when: 'soon' | 'once'): void
  filterBy(name: string, value: string): void
  sortBy(field: string): void
  show(next: TableState): void
  chooseColumns(ids: readonly string[]): void
  openView(view: SavedView): void
  turn(cursors: readonly string[]): Promise<void>
  requestUpdate(): void
}
