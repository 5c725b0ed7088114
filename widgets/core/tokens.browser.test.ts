import { describe, expect, it } from 'vitest'
import text from './tokens.css?inline'

const sheet = new CSSStyleSheet()
sheet.replaceSync(text)
document.adoptedStyleSheets.push(sheet)

const schemes = ['light', 'dark'] as const

/** The channels, 0 to 1, that the browser makes of a token. */
function colour(name: string, scheme: (typeof schemes)[number]): number[] {
  document.documentElement.dataset['theme'] = scheme
  document.body.style.color = `var(--ep-${name})`
  const channels = getComputedStyle(document.body).color.match(/[\d.]+/g) ?? []
  return channels.map((channel) => Number(channel) / 255)
}

/** WCAG 2.2, relative luminance. */
function luminance(channels: number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: number[], other: number[]): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

type Pair = readonly [ink: string, ground: string]

const textPairs: readonly Pair[] = [
  ...['page', 'surface', 'raised', 'primary-soft'].map((ground): Pair => ['text', ground]),
  ...['page', 'surface', 'raised'].map((ground): Pair => ['muted', ground]),
  ...['page', 'surface', 'raised', 'primary-soft'].map((ground): Pair => ['primary', ground]),
  ['primary-strong', 'primary-soft'],
  ['on-primary', 'primary'],
  ['on-primary', 'primary-strong'],
  ['accent-text', 'surface'],
  ['accent-text', 'page'],
  ...['success', 'warning', 'danger'].flatMap((tone): Pair[] => [
    [tone, 'surface'],
    [tone, `${tone}-soft`],
    ['text', `${tone}-soft`],
  ]),
]

const shapePairs = ['page', 'surface', 'raised'].flatMap((ground): Pair[] => [
  ['line-strong', ground],
  ['focus', ground],
])

describe.each(schemes)('in the %s scheme', (scheme) => {
  it.each(textPairs)('%s on %s has the contrast of readable text', (ink, ground) => {
    expect(contrast(colour(ink, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapePairs)('%s on %s has the contrast of a visible edge', (ink, ground) => {
    expect(contrast(colour(ink, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(3)
  })
})
