/** The address with these parameters, beside those it has; undefined ones are left out. */
export function withQuery(
  address: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url.href
}

/** LTI-AGS 2.0 §3.4: `/scores` and `/results` belong to the path; Moodle's line items carry a query behind it. */
export function below(lineItem: string, part: 'scores' | 'results'): string {
  const url = new URL(lineItem)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${part}`
  return url.href
}
