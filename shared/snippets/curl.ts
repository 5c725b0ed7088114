import { asciiJson, headerText, type SnippetRequest } from './request.ts'

/** Inside single quotes a POSIX shell changes nothing; the quote itself must leave them for a moment. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

export function curlSnippet({ method, url, headers, json, file }: SnippetRequest): string {
  const words = [`curl ${quote(url)}`]
  if (method !== 'GET') words[0] = `curl -X ${method} ${quote(url)}`
  for (const [name, value] of headers) words.push(`-H ${quote(`${name}: ${headerText(value)}`)}`)
  if (json !== undefined) words.push(`--data-raw ${quote(asciiJson(json, 2))}`)
  if (file !== undefined) words.push(`--data-binary ${quote(`@${file}`)}`)
  return words.join(' \\\n  ')
}
