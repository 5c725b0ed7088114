/** An exception as Moodle names it. */
export class MoodleError extends Error {
  override readonly name = 'MoodleError'
  readonly exception: string
  readonly errorcode: string

  constructor(exception: string, errorcode: string, message: string) {
    super(message)
    this.exception = exception
    this.errorcode = errorcode
  }
}
