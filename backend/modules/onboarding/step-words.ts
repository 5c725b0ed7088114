import type { OnboardingStepKey } from '../../../shared/api/onboarding.ts'

interface StepWords {
  readonly title: string
  readonly help: string
  readonly required: boolean
  readonly link: string
  /** What the trail calls the acts by which the step is done. */
  readonly acts: readonly string[]
}

/** The steps in the words of a school office. */
export const stepWords: Readonly<Record<OnboardingStepKey, StepWords>> = {
  details: {
    title: 'The organisation',
    help: 'Its name and kind, and where its data is kept, as parents and staff are told.',
    required: true,
    link: '/admin/settings',
    acts: ['settings.update'],
  },
  administrator: {
    title: 'An administrator',
    help: 'Somebody of the organisation itself who looks after it from now on.',
    required: true,
    link: '/admin/people',
    acts: ['person.create', 'person.grant-role'],
  },
  appearance: {
    title: 'Look and settings',
    help: 'What the organisation inherits from those above it, and what it says itself.',
    required: true,
    link: '/admin/settings',
    acts: [],
  },
  'data-protection': {
    title: 'Data protection',
    help: 'Whom to ask about personal data, where it is kept and for how long.',
    required: true,
    link: '/admin/settings',
    acts: [],
  },
  connection: {
    title: 'A system connected',
    help: 'The learning platform or the pupil database that data comes from.',
    required: false,
    link: '/admin/connections',
    acts: ['connection.activated', 'connection.resumed'],
  },
  lms: {
    title: 'The LMS registered',
    help: 'So that teachers place assessments in their courses and pupils open them there.',
    required: false,
    link: '/admin/lms',
    acts: ['lti.platform.create'],
  },
  roster: {
    title: 'People and classes',
    help: 'The first people are here, fetched by a connection or sent by another system.',
    required: false,
    link: '/admin/roster',
    acts: ['roster.write', 'roster.user.create'],
  },
  alerts: {
    title: 'Where alerts go',
    help: 'Who hears, and by which way, when something stops working.',
    required: true,
    link: '/admin/alerts',
    acts: ['alert-route.create', 'alert-route.update'],
  },
}

/** How long the product keeps what it keeps; shown so that a person can confirm it. */
export const retentionFacts: readonly { readonly label: string; readonly value: string }[] = [
  {
    label: 'People, classes and results',
    value: 'Until they are deleted or the organisation leaves',
  },
  { label: 'Logs of calls and of exchanges with other systems', value: '30 days' },
  { label: 'Figures of health and use', value: '13 months' },
  { label: 'Audit trail', value: 'As long as the organisation is here' },
]
