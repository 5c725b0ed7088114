import { expect, it } from 'vitest'
import { carriesWhiteText, contrast, darkEnough, lightEnough, luminance } from './colour.ts'

it('knows the ends of the scale', () => {
  expect(luminance('#000000')).toBe(0)
  expect(luminance('#ffffff')).toBeCloseTo(1, 10)
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10)
})

it('agrees with published ratios', () => {
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  expect(contrast('#ffffff', '#777777')).toBeCloseTo(4.48, 2)
})

it('darkens a colour only as far as white text needs', () => {
  expect(darkEnough('#37309b')).toBe('#37309b')
  const darker = darkEnough('#ffcc00')
  expect(carriesWhiteText('#ffcc00')).toBe(false)
  expect(carriesWhiteText(darker)).toBe(true)
  expect(contrast(darker, '#ffffff')).toBeLessThan(5)
})

it('lightens a colour until it can be read on a dark page', () => {
  const lighter = lightEnough('#37309b', '#121126')
  expect(contrast(lighter, '#121126')).toBeGreaterThanOrEqual(4.5)
  expect(contrast(lighter, '#121126')).toBeLessThan(5)
})
