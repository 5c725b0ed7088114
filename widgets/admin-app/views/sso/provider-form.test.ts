import { expect, it } from 'vitest'
import { readMapping, writeMapping } from './provider-form.ts'

it('reads one line for each value, also where the value holds an equals sign', () => {
  const text = 'All-Teachers = teacher\n\n CN=Office,OU=Staff = school-admin \n'

  expect(readMapping(text)).toEqual([
    { value: 'All-Teachers', role: 'teacher' },
    { value: 'CN=Office,OU=Staff', role: 'school-admin' },
  ])
  expect(readMapping(writeMapping(readMapping(text)))).toEqual(readMapping(text))
})
