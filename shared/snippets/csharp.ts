import { asciiJson, headerText, type SnippetRequest } from './request.ts'

/** A raw string literal: its fence is longer than any run of quotes inside. */
export function csharpRawString(text: string, indent: string): string {
  const longest = Math.max(2, ...(text.match(/"+/g) ?? []).map((run) => run.length))
  const fence = '"'.repeat(longest + 1)
  const lines = text.split('\n').map((line) => `${indent}${line}`)
  return [fence, ...lines, `${indent}${fence}`].join('\n')
}

export function csharpSnippet(request: SnippetRequest): string {
  const { method, url, headers, json, file, answers } = request
  const ofBody = headers.filter(([name]) => name.toLowerCase() === 'content-type')
  const contentType = headerText(ofBody[0]?.[1] ?? 'application/json')
  const lines = [
    ...(json === undefined ? [] : ['using System.Text;', '']),
    'using var client = new HttpClient();',
    `using var request = new HttpRequestMessage(new HttpMethod("${method}"), ${asciiJson(url)});`,
  ]
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'content-type') continue
    lines.push(
      `request.Headers.TryAddWithoutValidation(${asciiJson(name)}, ${asciiJson(headerText(value))});`,
    )
  }
  if (json !== undefined) {
    lines.push(`var json = ${csharpRawString(asciiJson(json, 2), '    ')};`)
    lines.push(
      `request.Content = new StringContent(json, Encoding.UTF8, ${asciiJson(contentType)});`,
    )
  }
  if (file !== undefined) {
    lines.push(
      `request.Content = new ByteArrayContent(await File.ReadAllBytesAsync(${asciiJson(file)}));`,
      `request.Content.Headers.ContentType = new(${asciiJson(contentType)});`,
    )
  }
  lines.push(
    'using var response = await client.SendAsync(request);',
    'response.EnsureSuccessStatusCode();',
  )
  if (answers) lines.push('Console.WriteLine(await response.Content.ReadAsStringAsync());')
  return lines.join('\n')
}
