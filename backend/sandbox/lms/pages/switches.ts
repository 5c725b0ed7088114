import { type Faults, faultGroups } from '../faults.ts'
import { type Html, html } from '../html.ts'
import { type Settings, settingDescriptions } from '../settings.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

type Fields = Readonly<Record<string, unknown>>

/** Faults to switch on, and how this LMS behaves where real ones differ. */
export function switchesPage(visit: Visit): Html {
  const { faults, settings } = visit.lms.state
  return layout(visit, {
    title: 'Switches',
    section: 'faults',
    main: html`<h1>Switches</h1>
<p class="lead">See how a tool copes when a platform misbehaves. A fault applies to everybody from the next request on.</p>
<form class="panel" method="post" action="${href(visit, '/faults')}" aria-labelledby="faults-title">
<h2 id="faults-title">Faults</h2>
${faultGroups.map(
  (group) => html`<fieldset><legend>${group.title}</legend>
${group.faults.map((fault) => faultRow(fault, faults))}</fieldset>`,
)}
${cookieNote()}
<p class="form-actions"><button class="button">Apply faults</button>
<button class="button secondary" name="clear" value="1">Everything off</button></p>
</form>
<form class="panel" method="post" action="${href(visit, '/settings')}" aria-labelledby="settings-title">
<h2 id="settings-title">Behaviour</h2>
${settingDescriptions.map((setting) => settingRow(setting, settings))}
<p class="form-actions"><button class="button">Apply behaviour</button></p>
</form>
<section class="panel" aria-labelledby="actions-title"><h2 id="actions-title">Actions</h2>
<form method="post" action="${href(visit, '/keys/rotate')}"><p><button class="button secondary" aria-describedby="rotate-hint">Rotate the signing key</button>
<span class="small" id="rotate-hint">A new key signs from now on and the old one leaves the keyset at once.</span></p></form>
<form method="post" action="${href(visit, '/reset')}" data-confirm="Remove all activities and grades?"><p><button class="button danger" aria-describedby="reset-hint">Reset the LMS</button>
<span class="small" id="reset-hint">Removes activities, grades, faults and the request log. Tools and keys stay.</span></p></form>
</section>`,
  })
}

type FaultRow = (typeof faultGroups)[number]['faults'][number]

function faultRow({ key, kind, label, explanation, max }: FaultRow, faults: Faults): Html {
  const value = faults[key]
  const hint = html`<span class="small" id="${key}-hint">${explanation}</span>`
  if (kind === 'number') {
    return html`<div class="switch-row"><label for="${key}">${label}</label>
<input class="number" type="number" id="${key}" name="${key}" min="0" max="${max}" value="${Number(value)}" aria-describedby="${key}-hint">${hint}</div>`
  }
  return html`<div class="switch-row"><label class="switch"><input type="checkbox" name="${key}" aria-describedby="${key}-hint" ${value === false ? '' : html`checked`}> ${label}</label>
${kind === 'lasting' ? html`<label class="times">for the next <input class="number" type="number" name="${key}Times" min="1" max="1000" value="${typeof value === 'number' ? value : ''}"> requests (empty: until switched off)</label>` : ''}${hint}</div>`
}

function cookieNote(): Html {
  return html`<details class="note"><summary>No cookies</summary>
<p>Whether a tool’s cookies survive inside the frame is decided by the browser, not by the LMS. To see a tool without them: in Chrome or Edge choose Settings, Privacy, Third-party cookies, Block; in Firefox set Enhanced Tracking Protection to Strict; Safari blocks them from the start. Tool and LMS must be on different sites, as they are when one is <code>localhost</code> and the other <code>127.0.0.1</code>.</p></details>`
}

type SettingRow = (typeof settingDescriptions)[number]

function settingRow({ key, label, explanation, min, max }: SettingRow, settings: Settings): Html {
  const value = settings[key]
  const hint = html`<span class="small" id="${key}-hint">${explanation}</span>`
  return typeof value === 'number'
    ? html`<div class="switch-row"><label for="${key}">${label}</label>
<input class="number" type="number" id="${key}" name="${key}" min="${min}" max="${max}" required value="${value}" aria-describedby="${key}-hint">${hint}</div>`
    : html`<div class="switch-row"><label class="switch"><input type="checkbox" name="${key}" aria-describedby="${key}-hint" ${value ? html`checked` : ''}> ${label}</label>${hint}</div>`
}

/** The change a submitted faults form stands for: an unticked box is off, an empty number is unchanged. */
export function faultsFromForm(form: Fields): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const { key, kind } of faultGroups.flatMap((group) => group.faults)) {
    if (kind === 'number') {
      if (form[key]) change[key] = Number(form[key])
    } else if (form[key] === undefined) change[key] = false
    else change[key] = Number(form[`${key}Times`]) || true
  }
  return change
}

/** The change a submitted behaviour form stands for. */
export function settingsFromForm(form: Fields): Record<string, unknown> {
  return Object.fromEntries(
    settingDescriptions.map(({ key, min }) => [
      key,
      min === undefined ? form[key] !== undefined : Number(form[key]),
    ]),
  )
}
