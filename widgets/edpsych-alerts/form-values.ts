/** Every value of the fields of one name, as text. */
export function allOf(data: FormData, name: string): string[] {
  return data.getAll(name).map(String)
}

/** One value as text, without blanks around it. */
export function textOf(data: FormData, name: string): string {
  return String(data.get(name) ?? '').trim()
}

/** The data of the form that was sent, which stays where it is. */
export function sentForm(event: Event): FormData {
  event.preventDefault()
  // The handlers are on forms alone.
  return new FormData(event.currentTarget as HTMLFormElement)
}
