/** One column: what the reader sees, what a file says, and the field the server sorts by. */
export interface Column<Row> {
  readonly id: string
  readonly label: string
  readonly sort?: string
  readonly numeric?: boolean
  /** Not shown until the reader chooses it. */
  readonly hidden?: boolean
  cell(row: Row): unknown
  text(row: Row): string | number | null
}

/** A query parameter of the list and the values it can have. */
export interface Filter {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [value: string, label: string])[]
}

/** What is asked of the server besides the page. */
export interface TableState {
  readonly search: string
  readonly filters: Readonly<Record<string, string>>
  /** A field, `-field` for descending; empty: as the server orders. */
  readonly sort: string
}

export interface RowPage<Row> {
  readonly data: readonly Row[]
  readonly nextCursor: string | null
  readonly count?: { readonly value: number; readonly capped: boolean } | undefined
}

export type LoadRows<Row> = (
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<RowPage<Row>>

export const emptyState: TableState = { search: '', filters: {}, sort: '' }

export function queryOf({ search, filters, sort }: TableState): Record<string, string> {
  return {
    ...filters,
    ...(sort === '' ? {} : { sort }),
    ...(search === '' ? {} : { q: search }),
  }
}

/** The state an address holds; what the table does not declare is not its own. */
export function stateOfAddress(
  address: URLSearchParams,
  filters: readonly Filter[],
  columns: readonly Column<never>[],
): TableState {
  const chosen: Record<string, string> = {}
  for (const { name, options } of filters) {
    const value = address.get(name)
    if (value !== null && options.some(([known]) => known === value)) chosen[name] = value
  }
  const sort = address.get('sort') ?? ''
  const isKnown = columns.some((column) => column.sort === sort.replace(/^-/, ''))
  return { search: address.get('q') ?? '', filters: chosen, sort: isKnown ? sort : '' }
}

/** The address with this state in it; parameters of others stay. */
export function addressOfState(
  address: URLSearchParams,
  filters: readonly Filter[],
  state: TableState,
): string {
  const next = new URLSearchParams(address)
  for (const name of [...filters.map((filter) => filter.name), 'sort', 'q']) next.delete(name)
  for (const [name, value] of Object.entries(queryOf(state))) next.set(name, value)
  return next.toString()
}

/** A heading pressed once sorts upwards, twice downwards, a third time as the server orders. */
export function nextSort(current: string, field: string): string {
  if (current === field) return `-${field}`
  return current === `-${field}` ? '' : field
}
