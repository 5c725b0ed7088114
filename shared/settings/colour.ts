const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i

/** Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, “relative luminance”). */
export function luminance(colour: string): number {
  const channels = (hex.exec(colour)?.slice(1) ?? []).map((pair) => {
    const share = Number.parseInt(pair, 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const [red = 0, green = 0, blue = 0] = channels
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3). */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** The colour mixed with black (negative) or white (positive); share from -1 to 1. */
export function shade(colour: string, share: number): string {
  const target = share < 0 ? 0 : 255
  const channels = (hex.exec(colour)?.slice(1) ?? []).map((pair) => {
    const value = Number.parseInt(pair, 16)
    return Math.round(value + (target - value) * Math.abs(share))
  })
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

const enough = 4.5

/** The nearest darker shade that can carry white text; the colour itself where it can. */
export function darkEnough(colour: string): string {
  for (let share = 0; share <= 1; share += 0.02) {
    const candidate = shade(colour, -share)
    if (contrast(candidate, '#ffffff') >= enough) return candidate
  }
  return '#000000'
}

/** The nearest lighter shade that can be read on the dark page; the colour itself where it can. */
export function lightEnough(colour: string, page: string): string {
  for (let share = 0; share <= 1; share += 0.02) {
    const candidate = shade(colour, share)
    if (contrast(candidate, page) >= enough) return candidate
  }
  return '#ffffff'
}

export function carriesWhiteText(colour: string): boolean {
  return contrast(colour, '#ffffff') >= enough
}
