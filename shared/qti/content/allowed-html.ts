/** The subset of HTML that QTI 3 allows in a body and that is safe to rebuild from data. */
export const allowedTags: ReadonlySet<string> = new Set(
  (
    'a abbr address article aside audio b bdi bdo big blockquote br caption cite code col colgroup ' +
    'dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ' +
    'ins kbd li mark nav ol p pre q rb rp rt ruby s samp section small source span strong sub ' +
    'summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr'
  ).split(' '),
)

/** Elements that hold no text of their own: white space between their children says nothing. */
export const structuralTags: ReadonlySet<string> = new Set(
  'audio colgroup dl figure ol picture ruby table tbody tfoot thead tr ul video'.split(' '),
)

const size = /^\d{1,4}%?$/
const count = /^\d{1,4}$/

const onAnyElement: Readonly<Record<string, RegExp>> = {
  lang: /^[A-Za-z0-9-]{1,35}$/,
  dir: /^(ltr|rtl|auto)$/,
  role: /^(figure|group|heading|img|list|listitem|math|note|presentation|region)$/,
  'aria-hidden': /^(true|false)$/,
  'aria-label': /^.{1,1000}$/s,
  'aria-level': /^[1-6]$/,
}

const onOneElement: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  img: { alt: /^.{0,2000}$/s, width: size, height: size },
  video: { width: size, height: size },
  track: {
    kind: /^(captions|subtitles|descriptions|chapters)$/,
    srclang: /^[A-Za-z0-9-]{1,35}$/,
    label: /^.{1,200}$/s,
  },
  td: { colspan: count, rowspan: count },
  th: {
    colspan: count,
    rowspan: count,
    scope: /^(row|col|rowgroup|colgroup)$/,
    abbr: /^.{1,200}$/s,
  },
  col: { span: count },
  colgroup: { span: count },
  ol: { start: /^-?\d{1,6}$/, type: /^[1aAiI]$/, reversed: /^(reversed|true)?$/ },
  li: { value: /^-?\d{1,6}$/ },
  time: { datetime: /^[\w:.+ -]{1,40}$/ },
}

/**
 * Whether an attribute may reach a learner. `title` and `id` may not: authors put answers there.
 */
export function isAllowedAttribute(tag: string, name: string, value: string): boolean {
  const rule = ownRule(onAnyElement, name) ?? ownRule(ownRule(onOneElement, tag) ?? {}, name)
  return rule?.test(value) ?? false
}

const sharedVocabularyClass =
  /^qti-(align|bold|bordered|choices|col|display|float|fullwidth|height|hide|italic|labels?|layout|list-style|margin|offset|orientation|padding|row|text-indent|underline|valign|visually-hidden|well|width|writing)(-[a-z0-9-]{1,40})?$/

/** Only the standard's shared vocabulary of classes is kept; an author's own may give hints. */
export function sharedVocabulary(classes: string): string {
  return classes
    .split(/\s+/)
    .filter((one) => sharedVocabularyClass.test(one))
    .join(' ')
}

/** The attribute that names a file, for the elements that show or play one. */
export const assetAttributes: Readonly<Record<string, readonly string[]>> = {
  img: ['src'],
  audio: ['src'],
  video: ['src', 'poster'],
  source: ['src'],
  track: ['src'],
}

function ownRule<T>(rules: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}
