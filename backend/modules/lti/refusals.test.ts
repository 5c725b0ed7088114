import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errors } from '../../../shared/errors.ts'
import { platformErrorSentence, refusals } from './refusals.ts'

const documentation = readFileSync(new URL('../../../docs/lti.md', import.meta.url), 'utf8')

describe('refusals', () => {
  it.each(Object.entries(refusals))('%s is documented as people read it', (code, refusal) => {
    const status = errors[code as keyof typeof errors]

    expect(documentation).toContain(`| \`${code}\` | ${status} | ${refusal.happened} |`)
  })

  it.each(Object.entries(refusals))(
    '%s says in sentences what to do',
    (_, { happened, advice }) => {
      expect(happened).toMatch(/^[A-Z].+\.$/)
      expect(advice).toMatch(/^[A-Z].+\.$/)
    },
  )
})

describe('platformErrorSentence', () => {
  it.each(['constructor', '__proto__', 'a b', '<b>', 'x'.repeat(100)])(
    'repeats nothing of %s',
    (error) => {
      expect(platformErrorSentence(error)).toMatch(
        /^The LMS reports: (unknown error|constructor|__proto__)$/,
      )
    },
  )

  it('names an error it does not know', () => {
    expect(platformErrorSentence('registration_not_supported')).toBe(
      'The LMS reports: registration_not_supported',
    )
  })
})
