import { html, type TemplateResult } from 'lit'
import type { AlertRoute, AlertRule, AlertRuleBody } from '../../shared/api/alerts.ts'
import { connectorKinds } from '../../shared/connection-states.ts'
import { problemSeverities } from '../../shared/problem-causes.ts'
import { kindNames } from '../edpsych-connections/connection-columns.ts'
import { stateWord } from '../state-badge/state-words.ts'
import { dayNames } from './alert-words.ts'
import { allOf, textOf } from './form-values.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const timezone = 'Europe/London'

/** The fields of a rule, filled with what it is now. */
export function ruleFields(
  rule: AlertRule | undefined,
  routes: readonly AlertRoute[],
): TemplateResult {
  const severities = rule?.match.severities ?? ['warning', 'critical']
  const quiet = rule?.quietHours ?? null
  return html`
    <p class="field"><label>Name <input name="name" required maxlength="100" value=${rule?.name ?? ''} /></label></p>
    <fieldset><legend>Of problems that are</legend>
      ${problemSeverities.map((name) => box('severity', name, stateWord('severity', name).word, severities.includes(name)))}
    </fieldset>
    <fieldset><legend>Of these systems only (none chosen: of all)</legend>
      ${connectorKinds.map((kind) => box('kind', kind, kindNames[kind] ?? kind, rule?.match.connectorKinds.includes(kind) ?? false))}
    </fieldset>
    ${box('below', '1', 'Also of the organisations below', rule?.includeBelow ?? false)}
    <fieldset><legend>Told by</legend>${routeBoxes('route', routes, rule?.routeIds ?? [])}</fieldset>
    ${box('resolved', '1', 'Say when all is clear', rule?.notifyResolved ?? true)}
    <p><label>Only what lasts longer than <input name="pending" type="number" min="0" max="1440" value=${rule?.pendingMinutes ?? 0} /> minutes</label></p>
    <details class="more" ?open=${Boolean(rule?.escalation)}>
      <summary>If nobody acts</summary>
      <p><label>After how many minutes (empty: never) <input name="escalate-after" type="number" min="1" max="10080" value=${rule?.escalation?.afterMinutes ?? ''} /></label></p>
      <fieldset><legend>Then also told by</legend>${routeBoxes('escalate-to', routes, rule?.escalation?.routeIds ?? [])}</fieldset>
    </details>
    <details class="more" ?open=${Boolean(quiet)}>
      <summary>Quiet hours</summary>
      <p class="hint">In this time alerts wait (British time). Empty: there are none.</p>
      <p><label>From <input name="quiet-from" type="time" value=${quiet?.from ?? ''} /></label>
        <label>to <input name="quiet-to" type="time" value=${quiet?.to ?? ''} /></label></p>
      <fieldset><legend>Beginning on</legend>
        ${dayNames.map((name, index) => box('quiet-day', String(index + 1), name, (quiet?.days ?? everyDay).includes(index + 1)))}
      </fieldset>
      ${box('quiet-critical', '1', 'What is critical is told all the same', quiet?.criticalPasses ?? true)}
    </details>
    <details class="more" ?open=${Boolean(rule?.digest)}>
      <summary>One summary a day</summary>
      <p><label>At (empty: each alert at once) <input name="digest" type="time" value=${rule?.digest?.at ?? ''} /></label></p>
    </details>
  `
}

function box(name: string, value: string, label: string, isChosen: boolean): TemplateResult {
  return html`<label class="check"><input type="checkbox" name=${name} value=${value} ?checked=${isChosen} /> ${label}</label>`
}

function routeBoxes(name: string, routes: readonly AlertRoute[], chosen: readonly string[]) {
  return routes.map((route) => box(name, route.id, route.name, chosen.includes(route.id)))
}

/** What a form of `ruleFields` says. */
export function changeOf(
  data: FormData,
): Omit<AlertRuleBody, 'enabled' | 'groupWindowSeconds' | 'updateMinutes'> {
  const severities = new Set(allOf(data, 'severity'))
  const kinds = new Set(allOf(data, 'kind'))
  const after = Number(textOf(data, 'escalate-after'))
  const escalateTo = allOf(data, 'escalate-to')
  const [from, to] = [textOf(data, 'quiet-from'), textOf(data, 'quiet-to')]
  const days = allOf(data, 'quiet-day').map(Number)
  const digest = textOf(data, 'digest')
  return {
    name: textOf(data, 'name'),
    match: {
      severities: problemSeverities.filter((name) => severities.has(name)),
      connectorKinds: connectorKinds.filter((kind) => kinds.has(kind)),
      causes: [],
      connectorIds: [],
      owners: [],
    },
    includeBelow: data.has('below'),
    routeIds: allOf(data, 'route'),
    pendingMinutes: Number(textOf(data, 'pending')) || 0,
    notifyResolved: data.has('resolved'),
    escalation:
      after > 0 && escalateTo.length > 0 ? { afterMinutes: after, routeIds: escalateTo } : null,
    quietHours:
      from !== '' && to !== '' && days.length > 0
        ? { from, to, days, timezone, criticalPasses: data.has('quiet-critical') }
        : null,
    digest: digest === '' ? null : { at: digest, timezone },
  }
}
