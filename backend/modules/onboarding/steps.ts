import { createHash } from 'node:crypto'
import type { OnboardingStep, OnboardingStepKey } from '../../../shared/api/onboarding.ts'
import { onboardingStepKeys } from '../../../shared/api/onboarding.ts'
import type { EffectiveSetting } from '../../../shared/api/settings.ts'
import type { SettingKey } from '../../../shared/settings/definitions.ts'
import type { Facts } from './facts.ts'
import { retentionFacts, stepWords } from './step-words.ts'

export interface ActorRef {
  readonly kind: string
  readonly id: string
}

/** What people decided about a step; whether it is done follows from the facts. */
export interface Choice {
  readonly skipped?: { readonly by: ActorRef; readonly at: Date } | null
  readonly confirmed?: {
    readonly confirmation: string
    readonly by: ActorRef
    readonly at: Date
  } | null
  readonly note?: string | null
}

export type Choices = Readonly<Partial<Record<OnboardingStepKey, Choice>>>

/** A step as far as facts and choices tell; who did what needs no person's choice is not known here. */
export type DerivedStep = Omit<OnboardingStep, 'by' | 'at'> & {
  readonly decided: { readonly by: ActorRef; readonly at: Date } | null
}

interface Finding {
  readonly missing: readonly string[]
  readonly facts: OnboardingStep['facts']
  /** The step needs a person's word that the facts are right, beside all that is missing. */
  readonly toConfirm?: boolean
  readonly link?: string
}

/** Every step of setting up an organisation, worked out from what it has. */
export function deriveSteps(facts: Facts, choices: Choices): DerivedStep[] {
  return onboardingStepKeys.map((key) => derive(key, findings[key](facts), choices[key] ?? {}))
}

function derive(key: OnboardingStepKey, found: Finding, choice: Choice): DerivedStep {
  const { title, help, required, link } = stepWords[key]
  const asked = found.toConfirm ? digestOf(found.facts) : null
  const confirmed = choice.confirmed?.confirmation === asked ? (choice.confirmed ?? null) : null
  const confirmation = confirmed ? null : asked
  const missing = [...found.missing, ...toConfirm(confirmation, choice)]
  const skipped = missing.length === 0 || required ? null : (choice.skipped ?? null)
  return {
    key,
    title,
    help,
    required,
    state: stateOf(missing, skipped !== null),
    missing,
    facts: found.facts,
    confirmation,
    decided: skipped ?? confirmed,
    note: choice.note ?? null,
    link: found.link ?? link,
  }
}

function stateOf(missing: readonly string[], isSkipped: boolean): OnboardingStep['state'] {
  if (missing.length === 0) return 'done'
  return isSkipped ? 'skipped' : 'todo'
}

function toConfirm(confirmation: string | null, choice: Choice): string[] {
  if (confirmation === null) return []
  return [
    choice.confirmed
      ? 'It has changed since it was confirmed. Look again and confirm it.'
      : 'Look at what stands here and confirm it.',
  ]
}

function digestOf(facts: Finding['facts']): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
}

const kinds: Readonly<Record<string, string>> = {
  trust: 'Trust',
  'local-authority': 'Local authority',
  school: 'School',
}

const findings: Readonly<Record<OnboardingStepKey, (facts: Facts) => Finding>> = {
  details({ organisation, settings }) {
    const region = of(settings, 'organisation.dataRegion')
    return {
      facts: [
        { label: 'Name', value: organisation.name },
        { label: 'Kind', value: kinds[organisation.kind] ?? organisation.kind },
        ...settingFacts([region]),
      ],
      missing: region?.value ? [] : ['Say where its data is kept.'],
    }
  },

  administrator({ administrators }) {
    return {
      facts: [{ label: 'Administrators of its own', value: String(administrators) }],
      missing: administrators > 0 ? [] : ['Add the first administrator.'],
    }
  },

  appearance({ settings }) {
    const shown = settings.filter(({ group }) => group !== 'organisation')
    return { facts: settingFacts(shown), missing: [], toConfirm: true }
  },

  'data-protection'({ settings }) {
    const contact = of(settings, 'organisation.dataProtectionContact')
    const region = of(settings, 'organisation.dataRegion')
    return {
      facts: [...settingFacts([contact, region]), ...retentionFacts],
      missing: contact?.value ? [] : ['Name the contact for data protection.'],
      toConfirm: true,
    }
  },

  connection({ connections }) {
    const total = sum(connections)
    const working = sum(
      connections.filter(({ state }) => state === 'active' || state === 'degraded'),
    )
    const facts = [
      { label: 'Connections', value: String(total) },
      { label: 'In use', value: String(working) },
    ]
    if (working > 0) return { facts, missing: [] }
    if (total === 0) {
      return { facts, missing: ['Connect a system.'], link: '/admin/connections/new' }
    }
    const needsAction = connections.some(({ state }) => state === 'action-needed')
    return {
      facts,
      missing: [
        needsAction
          ? 'A connection needs something from you. Open it to see what.'
          : 'A connection is begun. Test it and switch it on.',
      ],
    }
  },

  lms({ platforms, placements }) {
    return {
      facts: [
        { label: 'LMSs registered', value: String(platforms) },
        { label: 'Links placed in courses', value: String(placements) },
      ],
      missing: platforms > 0 ? [] : ['Register the LMS.'],
    }
  },

  roster({ people, classes }) {
    return {
      facts: [
        { label: 'People', value: String(people) },
        { label: 'Classes', value: String(classes) },
      ],
      missing: people > 0 ? [] : ['Nobody is here yet. A connection or an API key can bring them.'],
    }
  },

  alerts({ routes }) {
    const chosen = routes.filter(({ isDefault }) => !isDefault)
    return {
      facts:
        routes.length === 0
          ? [{ label: 'In the administration', value: 'For everybody who may see alerts' }]
          : routes.map(({ name, kind }) => ({ label: name, value: routeKinds[kind] ?? kind })),
      missing: [],
      // Whoever adds a way has chosen; to do with what the product came with is a choice as well.
      toConfirm: chosen.length === 0,
    }
  },
}

const routeKinds: Readonly<Record<string, string>> = {
  email: 'E-mail',
  webhook: 'Webhook',
  teams: 'Microsoft Teams',
  slack: 'Slack',
  'in-app': 'In the administration',
}

function of(settings: Facts['settings'], key: SettingKey): EffectiveSetting | undefined {
  return settings.find((setting) => setting.key === key)
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0)
}

function settingFacts(settings: readonly (EffectiveSetting | undefined)[]): Finding['facts'] {
  return settings
    .filter((setting) => setting !== undefined)
    .map(({ title, value, type, source }) => ({
      label: title,
      value: source ? `${shown(value, type)} (${source.name})` : shown(value, type),
    }))
}

function shown(value: EffectiveSetting['value'], type: EffectiveSetting['type']): string {
  if (Array.isArray(value)) return value.length === 0 ? 'All' : value.join(', ')
  if (value === null || value === '') return type === 'list' ? 'All' : 'None'
  return type === 'image' ? 'A logo' : String(value)
}
