import { expect, it } from 'vitest'
import { returnAddress } from './lti-return.ts'

it('leads back as the LMS said, with its own parameters', () => {
  expect(returnAddress('https://lms.example/return.php?course=2')).toBe(
    'https://lms.example/return.php?course=2',
  )
})

it('carries a sentence for the person, or what failed', () => {
  const url = 'https://lms.example/return.php?course=2'
  expect(returnAddress(url, { message: 'Nothing & nobody' })).toBe(
    `${url}&lti_msg=Nothing+%26+nobody`,
  )
  expect(returnAddress(url, { error: 'Not open yet' })).toBe(`${url}&lti_errormsg=Not+open+yet`)
})
