export type CsvValue = string | number | null

// A spreadsheet runs a cell that begins with one of these as a formula.
const formulaStart = /^[=+\-@\t\r\n|]/

function csvCell(value: CsvValue): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = formulaStart.test(value.trimStart()) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One record of RFC 4180; text that a spreadsheet would run is made plain text by an apostrophe. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}
