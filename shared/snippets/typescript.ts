import { asciiJson, headerText, type JsonValue, type SnippetRequest } from './request.ts'

/** A value as an expression; JSON is one but for `__proto__`, which a literal takes for the prototype. */
export function typescriptLiteral(value: JsonValue, indent = ''): string {
  if (value === null || typeof value !== 'object') return stringOr(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const entries = value.map((entry) => `${inner}${typescriptLiteral(entry, inner)},`)
    return `[\n${entries.join('\n')}\n${indent}]`
  }
  const entries = Object.entries(value).map(
    ([name, entry]) => `${inner}${nameOf(name)}: ${typescriptLiteral(entry, inner)},`,
  )
  return entries.length === 0 ? '{}' : `{\n${entries.join('\n')}\n${indent}}`
}

function nameOf(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[a-z_$][\w$]*$/i.test(name) ? name : stringOr(name)
}

function stringOr(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const inner = asciiJson(value).slice(1, -1)
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

export function typescriptSnippet(request: SnippetRequest): string {
  const { method, url, headers, json, file, answers } = request
  const lines: string[] = []
  if (file !== undefined) lines.push("import { readFile } from 'node:fs/promises'", '')
  lines.push(`const response = await fetch(${stringOr(url)}, {`)
  if (method !== 'GET') lines.push(`  method: '${method}',`)
  if (headers.length > 0) {
    lines.push('  headers: {')
    for (const [name, value] of headers) {
      lines.push(`    ${nameOf(name)}: ${stringOr(headerText(value))},`)
    }
    lines.push('  },')
  }
  if (json !== undefined) lines.push(`  body: JSON.stringify(${typescriptLiteral(json, '  ')}),`)
  if (file !== undefined) lines.push(`  body: await readFile(${stringOr(file)}),`)
  lines.push('})')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the snippet.
  lines.push('if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)')
  if (answers) lines.push('console.log(await response.json())')
  return lines.join('\n')
}
