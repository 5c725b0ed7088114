/** One interaction on the page: what every kind of question gives to the form around it. */
export interface AnswerField {
  readonly responseIdentifier: string
  /** What stands in the item's body. */
  readonly element: HTMLElement
  /** As the server takes it; empty where nothing is answered. */
  values(): string[]
  restore(values: readonly string[]): void
  /** The question in words, for the list of answers. */
  label(): string
  /** The answer in words, for the list of answers. */
  summary(): string
  /** What must be put right before the answers can be sent. */
  problem(): string | undefined
  /** What may be wrong but does not stop the answers from being sent. */
  doubt(): string | undefined
  showProblem(text: string | undefined): void
  focus(): void
}

/** What a field needs to know of its surroundings. */
export interface FieldPlace {
  /** Its place among the fields of its kind, from 1, and how many there are. */
  readonly number: number
  readonly count: number
  announce(sentence: string): void
}
