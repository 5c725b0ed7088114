import { asciiJson, headerText, type SnippetRequest } from './request.ts'

/** In single quotes PHP reads two escapes only. */
export function phpString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function phpSnippet(request: SnippetRequest): string {
  const { method, url, headers, json, file, answers } = request
  const lines = ['<?php']
  if (json !== undefined) {
    // Lines of JSON begin with a bracket, a quote or a space, so none can end the text early.
    lines.push("$json = <<<'JSON'", asciiJson(json, 2), 'JSON;', '')
  }
  lines.push(`$curl = curl_init(${phpString(url)});`, 'curl_setopt_array($curl, [')
  lines.push(`    CURLOPT_CUSTOMREQUEST => '${method}',`, '    CURLOPT_RETURNTRANSFER => true,')
  if (headers.length > 0) {
    lines.push('    CURLOPT_HTTPHEADER => [')
    for (const [name, value] of headers) {
      lines.push(`        ${phpString(`${name}: ${headerText(value)}`)},`)
    }
    lines.push('    ],')
  }
  if (json !== undefined) lines.push('    CURLOPT_POSTFIELDS => $json,')
  if (file !== undefined) {
    lines.push(`    CURLOPT_POSTFIELDS => file_get_contents(${phpString(file)}),`)
  }
  lines.push(']);', '$answer = curl_exec($curl);')
  lines.push(
    'if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) >= 400) throw new Exception($answer);',
  )
  if (answers) lines.push('print_r(json_decode($answer, true));')
  return lines.join('\n')
}
