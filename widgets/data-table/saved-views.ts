/** A way to look at a table that a person has given a name. */
export interface SavedView {
  readonly name: string
  readonly query: string
  readonly columns: readonly string[]
}

const mostViews = 30

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null')
  } catch {
    // a browser may forbid storage, and anybody may have written into it
    return null
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // without storage the choice lasts as long as the page
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false
  const { name, query, columns } = value as Partial<SavedView>
  return isText(name) && isText(query) && Array.isArray(columns) && columns.every(isText)
}

/** The views kept in this browser under a key that names the person and the organisation. */
export function savedViews(key: string): readonly SavedView[] {
  const value = read(`edpsych-views:${key}`)
  return Array.isArray(value) ? value.filter(isView) : []
}

/** Keeps a view; one of the same name is replaced. */
export function saveView(key: string, view: SavedView): void {
  const others = savedViews(key).filter(({ name }) => name !== view.name)
  write(`edpsych-views:${key}`, [...others, view].slice(-mostViews))
}

export function forgetView(key: string, name: string): void {
  write(
    `edpsych-views:${key}`,
    savedViews(key).filter((view) => view.name !== name),
  )
}

/** The columns last chosen here; undefined: none were. */
export function chosenColumns(key: string): readonly string[] | undefined {
  const value = read(`edpsych-columns:${key}`)
  return Array.isArray(value) && value.every(isText) ? value : undefined
}

export function keepColumns(key: string, columns: readonly string[]): void {
  write(`edpsych-columns:${key}`, columns)
}
