import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it'
import { escapeHtml, type Html } from '../../core/html.ts'
import { slugOf } from './api-document.ts'
import { codeBlock } from './code.ts'

export interface Heading {
  readonly level: number
  readonly id: string
  readonly text: string
}

export interface Article {
  readonly title: string
  /** The first paragraph, without marks. */
  readonly summary: string
  readonly main: Html
  readonly headings: readonly Heading[]
  /** All words, for the search. */
  readonly text: string
}

const labels: Record<string, string> = {
  sh: 'Shell',
  bash: 'Shell',
  ts: 'TypeScript',
  typescript: 'TypeScript',
  js: 'JavaScript',
  python: 'Python',
  csharp: 'C#',
  php: 'PHP',
  json: 'JSON',
  http: 'HTTP',
  html: 'HTML',
}

const parser = createParser()

interface Env {
  readonly headings: Map<Token, Heading>
}

function createParser(): MarkdownIt {
  const markdown = new createMarkdownIt({ html: false, linkify: false, typographer: false })
  const { rules } = markdown.renderer
  rules['fence'] = (tokens, index) => {
    const { info = '', content = '' } = tokens[index] ?? {}
    const language = info.trim().split(/\s+/)[0] ?? ''
    return codeBlock(labels[language] ?? 'Example', language, content.trimEnd()).markup
  }
  rules['code_block'] = rules['fence']
  rules['heading_open'] = (tokens, index, _options, env) => {
    const token = tokens[index]
    const { headings } = env as unknown as Env // What `renderArticle` passes.
    const heading = token && headings.get(token)
    return heading ? `<${token.tag} id="${heading.id}">` : `<${token?.tag ?? 'h2'}>`
  }
  rules['heading_close'] = (tokens, index, _options, env) => {
    const token = tokens[index - 2]
    const { headings } = env as unknown as Env
    const heading = token && headings.get(token)
    return `${heading ? anchor(heading) : ''}</${tokens[index]?.tag ?? 'h2'}>\n`
  }
  rules['table_open'] = () => '<div class="table-wrap" tabindex="0"><table>'
  rules['table_close'] = () => '</table></div>'
  rules['th_open'] = () => '<th scope="col">'
  return markdown
}

/** The link of a heading to itself. */
export function anchor({ id, text }: Pick<Heading, 'id' | 'text'>): string {
  return ` <a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(text)}”">#</a>`
}

/** Renders a guide; a heading's address is made of its words, numbered where they repeat. */
export function renderArticle(source: string): Article {
  const tokens = parser.parse(source, {})
  const headings = new Map<Token, Heading>()
  const taken = new Set<string>()
  let title = ''
  let summary = ''
  for (const [index, token] of tokens.entries()) {
    const text = plainText(tokens[index + 1])
    if (token.type === 'paragraph_open' && summary === '') summary = text
    if (token.type !== 'heading_open') continue
    if (token.tag === 'h1' && title === '') {
      title = text
      continue
    }
    const id = unused(slugOf(text) || 'section', taken)
    headings.set(token, { level: Number(token.tag.slice(1)), id, text })
  }
  const start = tokens.findIndex(({ type, tag }) => type === 'heading_open' && tag === 'h1')
  const body = start < 0 ? tokens : tokens.toSpliced(start, 3)
  return {
    title: title || 'Untitled',
    summary,
    main: { markup: parser.renderer.render(body, parser.options, { headings } as never) },
    headings: [...headings.values()],
    text: tokens.map(plainText).filter(Boolean).join(' '),
  }
}

function unused(id: string, taken: Set<string>): string {
  let candidate = id
  for (let count = 2; taken.has(candidate); count += 1) candidate = `${id}-${count}`
  taken.add(candidate)
  return candidate
}

function plainText(token: Token | undefined): string {
  if (!token) return ''
  if (token.type === 'inline') {
    return (token.children ?? [])
      .map(({ type, content }) => (/^(text|code_inline)$/.test(type) ? content : ' '))
      .join('')
      .replace(/\s+/g, ' ')
      .trim()
  }
  return ''
}
