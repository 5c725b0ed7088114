import { expect, it } from 'vitest'
import { contrast } from '../../../shared/settings/colour.ts'
import { brandingStylesheet, decodeLogo } from './branding.ts'

function pair(css: string, name: string): [string, string] {
  const found = new RegExp(`--edpsych-${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(css)
  return [found?.[1] ?? '', found?.[2] ?? '']
}

it.each(['#0b5d1e', '#7a0000', '#123456', '#595959'])(
  'keeps text on %s readable by day and by night',
  (colour) => {
    const css = brandingStylesheet(colour)

    const [day, night] = pair(css, 'primary')
    const [onDay, onNight] = pair(css, 'on-primary')
    const [strongDay] = pair(css, 'primary-strong')
    const [softDay, softNight] = pair(css, 'primary-soft')
    expect(contrast(day, onDay)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(night, onNight)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(strongDay, softDay)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(softNight, '#eeedf8')).toBeGreaterThanOrEqual(4.5)
  },
)

it('gives back the image of a data address', () => {
  const { contentType, bytes } = decodeLogo('data:image/png;base64,iVBORw==')

  expect(contentType).toBe('image/png')
  expect([...bytes]).toEqual([0x89, 0x50, 0x4e, 0x47])
})
