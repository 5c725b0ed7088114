import { html, type TemplateResult } from 'lit'
import type { HealingAct } from '../../shared/api/problems.ts'
import '../state-badge/state-badge.ts'
import '../time-ago/time-ago.ts'

const actNames: Readonly<Record<HealingAct['act'], string>> = {
  retry: 'Tried again',
  'refresh-token': 'Renewed the access',
  'breaker-open': 'Stopped asking for a while',
  'breaker-half-open': 'Asked once, to see',
  'breaker-close': 'Went back to normal',
  resume: 'Went on where it had stopped',
  resubscribe: 'Subscribed again',
  'back-off': 'Slowed down',
  'fall-back-to-polling': 'Looked by itself, as no news came',
}

/** What was done by itself, in words. */
export function actName(act: HealingAct['act']): string {
  return actNames[act]
}

/** Automatic acts as a list: what, because of what, with which result, before and after. */
export function healingEntries(
  acts: readonly HealingAct[],
  theme: 'light' | 'dark' | undefined,
): TemplateResult {
  return html`<ul class="plain">
    ${acts.map(
      ({ act, at, result, explanation, before, after }) => html`<li class="entry">
        <div class="entry-head">
          <strong>${actName(act)}</strong>
          <edpsych-state-badge kind="act" state=${result} .theme=${theme}></edpsych-state-badge>
          <edpsych-time-ago .datetime=${at} exact></edpsych-time-ago>
        </div>
        <p>${explanation}</p>
        <p class="hint">Before: ${before} After: ${after}</p>
      </li>`,
    )}
  </ul>`
}
