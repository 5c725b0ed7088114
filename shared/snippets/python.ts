import { asciiJson, headerText, type JsonValue, type SnippetRequest } from './request.ts'

/** A value as a Python expression; JSON's escapes mean the same in a Python string. */
export function pythonLiteral(value: JsonValue, indent = ''): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return asciiJson(value)
  const inner = `${indent}    `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const entries = value.map((entry) => `${inner}${pythonLiteral(entry, inner)},`)
    return `[\n${entries.join('\n')}\n${indent}]`
  }
  const entries = Object.entries(value).map(
    ([name, entry]) => `${inner}${asciiJson(name)}: ${pythonLiteral(entry, inner)},`,
  )
  return entries.length === 0 ? '{}' : `{\n${entries.join('\n')}\n${indent}}`
}

export function pythonSnippet(request: SnippetRequest): string {
  const { method, url, headers, json, file, answers } = request
  const usesJson = json !== undefined || answers
  const lines = [...(usesJson ? ['import json'] : []), 'import urllib.request', '']
  if (json !== undefined) lines.push(`body = ${pythonLiteral(json)}`, '')
  lines.push('request = urllib.request.Request(', `    ${asciiJson(url)},`)
  lines.push(`    method="${method}",`)
  if (headers.length > 0) {
    lines.push('    headers={')
    for (const [name, value] of headers) {
      lines.push(`        ${asciiJson(name)}: ${asciiJson(headerText(value))},`)
    }
    lines.push('    },')
  }
  if (json !== undefined) lines.push('    data=json.dumps(body).encode(),')
  if (file !== undefined) lines.push(`    data=open(${asciiJson(file)}, "rb").read(),`)
  lines.push(')', 'with urllib.request.urlopen(request) as response:')
  lines.push(answers ? '    print(json.load(response))' : '    print(response.status)')
  return lines.join('\n')
}
