import { html, nothing, type TemplateResult } from 'lit'
import type { ConnectionTest } from '../../shared/api/connections.ts'

/** What a test did, step by step: what was found and, where it failed, what to do. */
export function testSteps(
  { ok, steps }: ConnectionTest,
  theme: 'light' | 'dark' | undefined,
): TemplateResult {
  const passed = steps.filter(({ status }) => status === 'passed').length
  return html`<p class="notice ${ok ? 'success' : 'error'}">
      ${ok ? 'Everything answered as it should.' : `${passed} of ${steps.length} steps passed. The first that failed says what to do.`}
    </p>
    <ol class="plain">
      ${steps.map(
        (step) => html`<li class="entry">
          <div class="entry-head">
            <strong>${step.title}</strong>
            <edpsych-state-badge kind="step" state=${step.status} .theme=${theme}></edpsych-state-badge>
          </div>
          ${step.detail ? html`<p>${step.detail}</p>` : nothing}
          ${step.whatToDo ? html`<p><strong>What to do:</strong> ${step.whatToDo}</p>` : nothing}
          ${step.durationMs > 0 ? html`<p class="hint">${Math.round(step.durationMs)} ms</p>` : nothing}
        </li>`,
      )}
    </ol>`
}
