import { csharpSnippet } from './csharp.ts'
import { curlSnippet } from './curl.ts'
import { phpSnippet } from './php.ts'
import { pythonSnippet } from './python.ts'
import type { SnippetRequest } from './request.ts'
import { typescriptSnippet } from './typescript.ts'

const generators = {
  curl: { label: 'curl', write: curlSnippet },
  typescript: { label: 'TypeScript', write: typescriptSnippet },
  python: { label: 'Python', write: pythonSnippet },
  csharp: { label: 'C#', write: csharpSnippet },
  php: { label: 'PHP', write: phpSnippet },
} as const

export type SnippetLanguage = keyof typeof generators

export const snippetLanguages = Object.entries(generators).map(([id, { label }]) => ({
  // The keys of the table just above.
  id: id as SnippetLanguage,
  label,
}))

/** The program text that makes this call, ready to run. */
export function snippetOf(language: SnippetLanguage, request: SnippetRequest): string {
  return generators[language].write(request)
}
