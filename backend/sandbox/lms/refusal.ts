/** A request this LMS does not accept; the message is for a person, the code for a program. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.status = status
    this.code = code
  }
}
