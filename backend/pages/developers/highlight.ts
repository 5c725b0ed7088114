import { escapeHtml, type Html } from '../../core/html.ts'

const cLike =
  'const|let|var|await|async|import|from|export|if|throw|new|return|using|function|for|of|true|false|null|undefined|interface|type'

/** Comment, string, keyword, number of a language; the first that matches at a place wins. */
const grammars: Record<string, RegExp> = {
  sh: /(^#.*|\s#\s.*)|('(?:[^'\\]|\\.|'\\'')*'|"(?:[^"\\]|\\.)*")|\b(curl|npm|npx|node|export|cd|docker)\b|(\B-{1,2}[a-zA-Z][\w-]*)/gm,
  typescript: new RegExp(
    `(//.*|/\\*[\\s\\S]*?\\*/)|('(?:[^'\\\\\\n]|\\\\.)*'|"(?:[^"\\\\\\n]|\\\\.)*"|\`[^\`]*\`)|\\b(${cLike})\\b|\\b(\\d[\\d_.]*)\\b`,
    'g',
  ),
  python:
    /(#.*)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|\b(import|from|with|as|def|return|if|not|raise|None|True|False|for|in|print)\b|\b(\d[\d_.]*)\b/g,
  csharp: new RegExp(
    `(//.*)|("{3,}[\\s\\S]*?"{3,}|"(?:[^"\\\\\\n]|\\\\.)*")|\\b(${cLike})\\b|\\b(\\d[\\d_.]*)\\b`,
    'g',
  ),
  php: /(\/\/.*|#.*)|(<<<'JSON'[\s\S]*?\nJSON|'(?:[^'\\]|\\.)*')|(<\?php|\b(?:if|throw|new|return|true|false|null)\b)|\b(\d[\d_.]*)\b/g,
  json: /(\/\/.*)|("(?:[^"\\]|\\.)*")|\b(true|false|null)\b|(-?\b\d[\d.eE+-]*)\b/g,
  html: /(<!--[\s\S]*?-->)|("[^"]*")|(<\/?[\w-]+|\/?>)|(?!)()/g,
  http: /(^#.*)|("[^"]*")|(^(?:GET|POST|PUT|PATCH|DELETE|HTTP\/1\.1)\b|^[\w-]+(?=:))|\b(\d{3})\b/gm,
}

const aliases: Record<string, string> = {
  curl: 'sh',
  bash: 'sh',
  shell: 'sh',
  ts: 'typescript',
  js: 'typescript',
  javascript: 'typescript',
  py: 'python',
  cs: 'csharp',
}

const classes = ['', 'tk-c', 'tk-s', 'tk-k', 'tk-n'] as const

/** Marks comments, strings, keywords and numbers; a language it does not know is only escaped. */
export function highlight(language: string, text: string): Html {
  const grammar = grammars[aliases[language] ?? language]
  if (!grammar) return fillable(escapeHtml(text))
  let markup = ''
  let end = 0
  for (const match of text.matchAll(grammar)) {
    const group = [1, 2, 3, 4].find((index) => match[index])
    if (!group) continue
    markup += escapeHtml(text.slice(end, match.index))
    markup += `<span class="${classes[group]}">${escapeHtml(match[0])}</span>`
    end = match.index + match[0].length
  }
  return fillable(markup + escapeHtml(text.slice(end)))
}

/** What stands in examples until the reader has a sandbox of their own. */
export const placeholders = {
  key: 'edp_test_your_key',
  receiver: 'https://receiver.example/webhooks',
  item: 'itm_your_item',
} as const

function fillable(markup: string): Html {
  let filled = markup
  for (const [name, text] of Object.entries(placeholders)) {
    filled = filled.replaceAll(text, `<span data-fill="${name}">${text}</span>`)
  }
  return { markup: filled }
}
