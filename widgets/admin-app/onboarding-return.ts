import { html, nothing, type TemplateResult } from 'lit'
import type { StaffSession } from '../app/api.ts'

const key = 'edpsych-onboarding'

interface Return {
  readonly tenantId: string
  readonly name: string
  readonly step: string
}

/** Keeps in this tab that somebody left the setting up for a page where a step is done. */
export function rememberReturn({ id, name }: { id: string; name: string }, step: string): void {
  sessionStorage.setItem(key, JSON.stringify({ tenantId: id, name, step } satisfies Return))
}

/** The way back to the setting up, on the pages that its steps lead to. */
export function returnBanner(
  { tenant }: StaffSession,
  path: string,
): TemplateResult | typeof nothing {
  if (path.startsWith('/admin/onboarding')) {
    sessionStorage.removeItem(key)
    return nothing
  }
  const kept = sessionStorage.getItem(key)
  if (kept === null) return nothing
  // Written by this file alone.
  const { tenantId, name, step } = JSON.parse(kept) as Return
  if (tenantId !== tenant.id) return nothing
  return html`<p class="notice onboarding-return">You are setting up ${name}. <a href="/admin/onboarding/${tenantId}?step=${step}">Back to the steps</a></p>`
}
