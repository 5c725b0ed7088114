import { expect, it } from 'vitest'
import type { Connector } from '../../shared/api/connections.ts'
import { credentialFields, inputOf, settingFields } from './connection-fields.ts'

const moodle: Connector = {
  id: 'moodle',
  name: 'Moodle',
  kind: 'lms',
  summary: 'Courses and people of a Moodle.',
  capabilities: ['courses.pull'],
  signIn: 'credentials',
  config: [{ name: 'url', label: 'Address', help: '', type: 'url', required: true, secret: false }],
  credentials: [
    { name: 'token', label: 'Token', help: '', type: 'secret', required: true, secret: true },
  ],
  syntheticTests: [],
  guide: null,
}

it('names the fields as in the body, so that faults of the server find them', () => {
  expect(settingFields(moodle).map(({ name }) => name)).toEqual([
    'name',
    'config/url',
    'sync/everyMinutes',
  ])
  expect(credentialFields(moodle)[0]?.name).toBe('credentials/token')
})

it('asks how often to fetch only where there is something to fetch', () => {
  const pushOnly = { ...moodle, capabilities: ['grades.push'] }

  expect(settingFields(pushOnly).map(({ name }) => name)).not.toContain('sync/everyMinutes')
})

it('makes of a filled-in form what the API takes', () => {
  const input = inputOf({
    name: 'Our Moodle',
    'config/url': 'https://moodle.example',
    'sync/everyMinutes': '60',
    'credentials/token': 'secret',
    credentialsExpireAt: '2027-01-31',
  })

  expect(input).toEqual({
    name: 'Our Moodle',
    config: { url: 'https://moodle.example' },
    credentials: { token: 'secret' },
    credentialsExpireAt: '2027-01-31T00:00:00.000Z',
    sync: { everyMinutes: 60 },
  })
  expect(inputOf({ 'sync/everyMinutes': 'never' }).sync.everyMinutes).toBeNull()
})
