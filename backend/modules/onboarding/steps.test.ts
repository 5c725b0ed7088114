import { describe, expect, it } from 'vitest'
import type { OnboardingStepKey } from '../../../shared/api/onboarding.ts'
import type { EffectiveSetting } from '../../../shared/api/settings.ts'
import type { Facts } from './facts.ts'
import { type Choices, deriveSteps } from './steps.ts'

const at = '2026-11-23T09:00:00.000Z'
const trust = { tenantId: 'ten_trust', name: 'Larkfield Trust', kind: 'trust' }

function setting(
  key: EffectiveSetting['key'],
  value: EffectiveSetting['value'],
  more: Partial<EffectiveSetting> = {},
): EffectiveSetting {
  return {
    key,
    title: key,
    help: '',
    group: key.split('.')[0] ?? '',
    type: 'text',
    minimum: null,
    maximum: null,
    value,
    source: null,
    lockedBy: null,
    own: null,
    inherited: { value, source: null },
    changeable: true,
    ...more,
  }
}

const nothing: Facts = {
  organisation: {
    id: 'ten_school',
    slug: 'school',
    name: 'School',
    kind: 'school',
    parentId: 'ten_trust',
    createdAt: at,
    updatedAt: at,
  },
  settings: [
    setting('organisation.dataRegion', ''),
    setting('organisation.dataProtectionContact', null, { type: 'email' }),
    setting('branding.name', 'Larkfield', { source: trust }),
    setting('connections.allowed', null, { type: 'list' }),
  ],
  administrators: 0,
  connections: [],
  platforms: 0,
  placements: 0,
  people: 0,
  classes: 0,
  routes: [],
}

function step(key: OnboardingStepKey, facts: Partial<Facts> = {}, choices: Choices = {}) {
  const found = deriveSteps({ ...nothing, ...facts }, choices).find((one) => one.key === key)
  if (!found) throw new Error(`no step ${key}`)
  return found
}

const decided = { by: { kind: 'staff', id: 'usr_1' }, at: new Date(at) }

function confirming(key: OnboardingStepKey, facts: Partial<Facts> = {}): Choices {
  return { [key]: { confirmed: { confirmation: step(key, facts).confirmation ?? '', ...decided } } }
}

describe('a step of the setting up', () => {
  it('says with each setting whose word it is', () => {
    expect(step('appearance').facts).toEqual([
      { label: 'branding.name', value: 'Larkfield (Larkfield Trust)' },
      { label: 'connections.allowed', value: 'All' },
    ])
  })

  it('is confirmed only as long as the facts are those that were confirmed', () => {
    const choices = confirming('appearance')
    const settings = [setting('branding.name', 'Oakmere')]

    expect(step('appearance', {}, choices)).toMatchObject({ state: 'done', decided })
    expect(step('appearance', { settings }, choices)).toMatchObject({
      state: 'todo',
      decided: null,
      missing: ['It has changed since it was confirmed. Look again and confirm it.'],
    })
  })

  it('needs both the contact for data protection and a person who confirms the rest', () => {
    const settings = [setting('organisation.dataProtectionContact', 'dpo@school.example')]

    expect(step('data-protection').missing).toHaveLength(2)
    expect(step('data-protection', {}, confirming('data-protection')).state).toBe('todo')
    expect(step('data-protection', { settings }).missing).toHaveLength(1)
    expect(
      step('data-protection', { settings }, confirming('data-protection', { settings })).state,
    ).toBe('done')
  })

  it('counts a connection only when it is in use', () => {
    const inState = (state: Facts['connections'][number]['state']) =>
      step('connection', { connections: [{ state, count: 1 }] })

    expect(step('connection')).toMatchObject({ state: 'todo', link: '/admin/connections/new' })
    for (const state of ['draft', 'testing', 'paused', 'disabled'] as const) {
      expect(inState(state)).toMatchObject({ state: 'todo', link: '/admin/connections' })
    }
    expect(inState('action-needed').missing[0]).toMatch(/needs something from you/)
    expect(inState('active').state).toBe('done')
    expect(inState('degraded').state).toBe('done')
  })

  it('that is required cannot be left out, even where that was written', () => {
    expect(step('details', {}, { details: { skipped: decided } }).state).toBe('todo')
    expect(step('lms', {}, { lms: { skipped: decided } })).toMatchObject({
      state: 'skipped',
      decided,
    })
  })

  it('that is done is not left out any more', () => {
    expect(step('roster', { people: 3 }, { roster: { skipped: decided } })).toMatchObject({
      state: 'done',
      decided: null,
    })
  })

  it('asks who hears of problems unless somebody has added a way', () => {
    const inApp = { name: 'In the administration', kind: 'in-app', isDefault: true }
    const mail = { name: 'Office', kind: 'email', isDefault: false }

    expect(step('alerts', { routes: [inApp] })).toMatchObject({ state: 'todo' })
    expect(step('alerts', { routes: [inApp, mail] })).toMatchObject({
      state: 'done',
      confirmation: null,
      facts: [
        { label: 'In the administration', value: 'In the administration' },
        { label: 'Office', value: 'E-mail' },
      ],
    })
  })
})
