/** What the page of an error code says; code spans in backticks, nothing else is marked up. */
export interface ErrorGuidance {
  /** What happened, in one or two sentences. */
  readonly meaning: string
  /** What the reader does next. */
  readonly whatToDo: string
}
