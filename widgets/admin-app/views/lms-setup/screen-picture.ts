import { svg, type TemplateResult } from 'lit'

/** A page of an LMS as far as a step needs it. */
export interface Screen {
  /** What the page is called there. */
  readonly title: string
  /** The way to it, the last part being where one is. */
  readonly path: readonly string[]
  /** Lines of the page: a field with its label, or text. */
  readonly lines: readonly { readonly label: string; readonly field?: string }[]
  /** The button to press. */
  readonly button?: string
}

const lineHeight = 34

/** Draws a page of an LMS, plainly and by ourselves: the words are theirs, the looks are nobody's. */
export function screenPicture({ title, path, lines, button }: Screen): TemplateResult {
  const height = 96 + lines.length * lineHeight + (button ? 46 : 8)
  const description = [
    `The page “${title}”, reached by ${path.join(', then ')}`,
    ...lines.map(({ label, field }) => (field ? `${label}: ${field}` : label)),
    ...(button ? [`The button “${button}” is marked`] : []),
  ].join('. ')
  const part = svg`
    <rect class="paper" x="1" y="1" width="398" height=${height - 2} rx="8" />
    <rect class="bar" x="1" y="1" width="398" height="30" rx="8" />
    <circle class="dot" cx="18" cy="16" r="4" /><circle class="dot" cx="32" cy="16" r="4" />
    <text class="small" x="50" y="21">${path.join(' › ')}</text>
    <text class="title" x="20" y="62">${title}</text>
    ${lines.map((line, index) => drawLine(line, 78 + index * lineHeight))}
    ${
      button
        ? svg`<rect class="press" x="20" y=${height - 46} width=${Math.max(90, button.length * 8 + 26)} height="30" rx="5" />
          <text class="press-text" x="33" y=${height - 26}>${button}</text>`
        : ''
    }`
  return svg`<svg class="lms-picture" viewBox="0 0 400 ${height}" role="img" aria-label=${description}>${part}</svg>`
}

function drawLine({ label, field }: Screen['lines'][number], y: number): TemplateResult {
  if (field === undefined) return svg`<text class="text" x="20" y=${y + 20}>${label}</text>`
  return svg`<text class="small" x="20" y=${y + 20}>${label}</text>
    <rect class="field" x="170" y=${y + 2} width="210" height="26" rx="4" />
    <text class="text" x="178" y=${y + 20}>${field}</text>`
}
