import { expect, it } from 'vitest'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { show } from '../core/testing/show.ts'
import { StateBadgeElement } from './state-badge.ts'
import { type StateKind, stateChoices } from './state-words.ts'

const kinds: readonly StateKind[] = [
  'connection',
  'health',
  'problem',
  'severity',
  'step',
  'act',
  'run',
  'sending',
]

it.each(kinds)(
  'tells the states of “%s” apart by word and, where it matters, by shape',
  async (kind) => {
    const words = new Set<string>()
    const shapesOfTone = new Map<string, string>()
    for (const [state] of stateChoices(kind)) {
      const element = await show(StateBadgeElement, { kind, state })
      words.add(element.renderRoot.querySelector('.word')?.textContent ?? '')
      const icon = element.renderRoot.querySelector('svg')
      shapesOfTone.set(icon?.getAttribute('class') ?? '', icon?.innerHTML ?? '')
      await expectAccessible()
    }

    expect(words.size).toBe(stateChoices(kind).length)
    expect(new Set(shapesOfTone.values()).size).toBe(shapesOfTone.size)
  },
)

it('shows a state it does not know as it is', async () => {
  const element = await show(StateBadgeElement, { kind: 'connection', state: 'half-asleep' })

  expect(element.renderRoot.textContent?.trim()).toContain('half asleep')
})
