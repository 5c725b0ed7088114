import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csharpRawString, csharpSnippet } from './csharp.ts'
import { snippetLanguages, snippetOf } from './index.ts'
import { phpString } from './php.ts'
import { pythonLiteral } from './python.ts'
import { addressOf, asciiJson, type JsonValue, type SnippetRequest, wellFormed } from './request.ts'
import { typescriptLiteral } from './typescript.ts'

const nasty: JsonValue = {
  quotes: `it's "quoted" and \`ticked\``,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would expand.
  shell: '$(touch /) `id` $HOME ${x} !! \\ \\\\ ; & | > < * ? [a] {b,c} ~ # % @file',
  lines: 'one\ntwo\r\nthree\ttab\u0000nul\u2028ls\u2029ps\u0085nel',
  fence: '"""" JSON;\n"""\nJSON;\nEOF',
  unicode: 'Dŵr 学校 😀 \ud800 \u007f',
  ['__proto__']: { polluted: true },
  '0': 'a number for a name',
  empty: [{}, [], '', null, true, false, 0, -1.5, 1e21],
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>
const text = fc.string({ unit: 'binary', maxLength: 40 })

function requestOf(value: JsonValue, header = 'x', query = 'y'): SnippetRequest {
  return {
    method: 'POST',
    url: addressOf('http://localhost:3000', '/api/v1/things/{id}', {
      path: { id: query },
      query: [['q', query]],
    }),
    headers: [
      ['Authorization', `Bearer ${header}`],
      ['Content-Type', 'application/json'],
    ],
    json: value,
    answers: true,
  }
}

/** What a POSIX shell hands to the program, word by word. */
function shellWords(command: string): string[] {
  const script = `curl() { for word; do printf '%s\\n.\\n' "$word"; done; }\n${command}`
  const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
  return output.split('\n.\n').slice(0, -1)
}

/** The same value after a round trip through JSON, where -0 becomes 0. */
const plain = (value: JsonValue): unknown => JSON.parse(JSON.stringify(value))

describe('addresses', () => {
  it('encode what a path, a query, a shell or a globbing client would read', () => {
    expect(addressOf('http://h', '/a/{id}', { path: { id: "x/../y?'[]{}" } })).toBe(
      'http://h/a/x%2F..%2Fy%3F%27%5B%5D%7B%7D',
    )
  })

  it('come back as they were given', () => {
    fc.assert(
      fc.property(text, text, (name, value) => {
        const url = new URL(addressOf('http://h/', '/a', { query: [[`k${name}`, value]] }))
        expect([...url.searchParams]).toEqual([[wellFormed(`k${name}`), wellFormed(value)]])
      }),
    )
  })
})

describe('curl', () => {
  it('gives the program exactly the address, the headers and the body', () => {
    const words = shellWords(snippetOf('curl', requestOf(nasty, 'k\'e"y$`\n\\', "a'b c")))

    expect(words.slice(0, 3)).toEqual([
      '-X',
      'POST',
      'http://localhost:3000/api/v1/things/a%27b%20c?q=a%27b%20c',
    ])
    expect(words[4]).toBe('Authorization: Bearer k\'e"y$`\\')
    expect(words[7]).toBe('--data-raw')
    expect(JSON.parse(words[8] ?? '')).toEqual(plain(nasty))
  })

  it('holds for any value', () => {
    fc.assert(
      fc.property(json, text, (value, header) => {
        const words = shellWords(snippetOf('curl', requestOf(value, header)))
        expect(JSON.parse(words[8] ?? '')).toEqual(plain(value))
        expect(words).toHaveLength(9)
      }),
      { numRuns: 60 },
    )
  })
})

describe('TypeScript', () => {
  it('writes values that evaluate to what they were', () => {
    const evaluate = (value: JsonValue): unknown =>
      JSON.parse(runInNewContext(`JSON.stringify(${typescriptLiteral(value)})`))
    expect(evaluate(nasty)).toEqual(plain(nasty))
    fc.assert(
      fc.property(json, (value) => {
        expect(evaluate(value)).toEqual(plain(value))
      }),
    )
  })
})

describe('Python', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'edpsych-snippets-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const present = spawnSync('python3', ['--version']).status === 0

  it.skipIf(!present)('writes values that evaluate to what they were (needs python3)', () => {
    const values = [nasty, ...fc.sample(json, 200)]
    const file = join(folder, 'values.py')
    const lines = values.map((value) => `print(json.dumps(${pythonLiteral(value)}))`)
    writeFileSync(file, ['import json', ...lines].join('\n'))

    const output = execFileSync('python3', [file], { encoding: 'utf8' }).trim().split('\n')

    expect(output.map((line) => JSON.parse(line))).toEqual(values.map(plain))
  })

  it.skipIf(!present)('compiles whatever the value is (needs python3)', () => {
    const files = [nasty, ...fc.sample(json, 20)].map((value, index) => {
      const file = join(folder, `snippet${index}.py`)
      writeFileSync(file, snippetOf('python', requestOf(value, 'k\'"\n')))
      return file
    })

    expect(spawnSync('python3', ['-m', 'py_compile', ...files], { encoding: 'utf8' }).stderr).toBe(
      '',
    )
  })
})

describe('PHP', () => {
  /** The two escapes of a single-quoted PHP string. */
  const unquote = (literal: string): string => literal.slice(1, -1).replace(/\\([\\'])/g, '$1')

  it('quotes any text so that nothing in it ends the string', () => {
    fc.assert(
      fc.property(text, (value) => {
        const literal = phpString(value)
        expect(literal).toMatch(/^'(?:[^\\']|\\[\\'])*'$/)
        expect(unquote(literal)).toBe(value)
      }),
    )
  })

  it('carries the body in a text that only its own last line can end', () => {
    fc.assert(
      fc.property(json, (value) => {
        const [, body = ''] =
          /<<<'JSON'\n([\s\S]*?)\n\s*JSON\b/.exec(snippetOf('php', requestOf(value))) ?? []
        expect(JSON.parse(body)).toEqual(plain(value))
      }),
    )
  })

  const present = spawnSync('php', ['--version']).status === 0
  it.skipIf(!present)('passes the syntax check (needs php)', () => {
    const checked = spawnSync('php', ['-l'], {
      input: snippetOf('php', requestOf(nasty)),
      encoding: 'utf8',
    })
    expect(checked.stdout).toContain('No syntax errors')
  })
})

describe('C#', () => {
  it('carries the body in a raw string whose fence no run of quotes can match', () => {
    fc.assert(
      fc.property(json, (value) => {
        const lines = csharpRawString(asciiJson(value, 2), '    ').split('\n')
        const fence = lines.shift() ?? ''
        const last = lines.pop() ?? ''
        expect(fence).toMatch(/^"{3,}$/)
        expect(last).toBe(`    ${fence}`)
        expect(lines.every((line) => line.startsWith('    ') && !line.includes(fence))).toBe(true)
        const body = lines.map((line) => line.slice(4)).join('\n')
        expect(JSON.parse(body)).toEqual(plain(value))
      }),
    )
  })

  it('closes every ordinary string on the line that opened it', () => {
    fc.assert(
      fc.property(text, (header) => {
        const { json: _, ...request } = requestOf(null, header)
        for (const line of csharpSnippet(request).split('\n')) {
          expect(line.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toContain('"')
        }
      }),
    )
  })
})

describe('every language', () => {
  it('is plain ASCII, names the address once and ends no line with a blank', () => {
    for (const { id } of snippetLanguages) {
      const snippet = snippetOf(id, requestOf(nasty, 'edp_test_x', 'z'))
      expect(snippet).toMatch(/^[\x20-\x7e\n]*$/)
      expect(snippet.split('http://localhost:3000/api/v1/things/z?q=z')).toHaveLength(2)
      expect(snippet).not.toMatch(/ $/m)
    }
  })

  it('sends a file as it is, and a call without a body without one', () => {
    for (const { id } of snippetLanguages) {
      const upload = snippetOf(id, {
        method: 'POST',
        url: 'http://h/u',
        headers: [['Content-Type', 'application/zip']],
        file: 'package.zip',
        answers: false,
      })
      expect(upload).toContain('package.zip')
      expect(upload).toContain('application/zip')
      const read = snippetOf(id, { method: 'GET', url: 'http://h/r', headers: [], answers: true })
      expect(read).not.toMatch(/Content-Type|POSTFIELDS|data/)
    }
  })
})
