import type { PublicState, PublicStatus } from '../../shared/api/monitoring.ts'
import { type Html, html } from '../core/html.ts'

type Component = PublicStatus['components'][number]
type Day = Component['days'][number]

const dayWords: Readonly<Record<PublicState, string>> = {
  operational: 'Worked all day',
  degraded: 'Slow, or failed now and then',
  down: 'Did not work for a time',
  unknown: 'Not watched',
}

/** How high a bar is, so that nobody needs its colour. */
const height: Readonly<Record<PublicState, number>> = {
  operational: 32,
  degraded: 22,
  down: 12,
  unknown: 4,
}

/** The state of this installation in plain words, today and in the last 90 days. */
export function status({ sentence, state, components, incidents }: PublicStatus): Html {
  return html`<h1>Status</h1>
    <p class="lead status-now status-${state}">${sentence}</p>
    <p>Looked at every minute. Programs read the same as <a href="/status.json">status.json</a>.</p>
    <h2>Now, and the last 90 days</h2>
    <ul class="status-list">${components.map(part)}</ul>
    <h2>What happened in the last two weeks</h2>
    ${incidents.length === 0 ? html`<p>Nothing that lasted longer than a minute.</p>` : incidentList(incidents)}`
}

function part({ id, title, state, sentence, uptimePercent, days }: Component): Html {
  const uptime =
    uptimePercent === null ? 'Not watched yet' : `${percent(uptimePercent)} of the time it worked`
  return html`<li class="card">
      <h3 id="part-${id}">${title}</h3>
      <p class="status-word status-${state}">${sentence}</p>
      ${uptimePercent === null ? '' : bars(title, days)}
      <p class="status-uptime">${uptime}</p>
      ${uptimePercent === null ? '' : twin(title, days)}
    </li>`
}

function bars(title: string, days: readonly Day[]): Html {
  const step = 6
  const bad = days.filter(({ state }) => state === 'degraded' || state === 'down').length
  const label = `${title}, ${days.length} days: ${bad === 0 ? 'no day' : bad === 1 ? 'one day' : `${bad} days`} with trouble. The table below says the same.`
  return html`<svg class="status-bars" role="img" aria-label="${label}" viewBox="0 0 ${days.length * step} 32" preserveAspectRatio="none">${days.map(
    ({ state }, index) =>
      html`<rect class="status-${state}" x="${index * step}" y="${32 - height[state]}" width="4" height="${height[state]}"></rect>`,
  )}</svg>`
}

/** The bars in words: days with trouble one by one, the rest as stretches. */
function twin(title: string, days: readonly Day[]): Html {
  return html`<details><summary>${title} day by day</summary>
      <div class="table-wrap"><table><caption>${title}, the last ${days.length} days, newest first</caption>
        <thead><tr><th scope="col">Day</th><th scope="col">State</th><th scope="col">Worked</th></tr></thead>
        <tbody>${stretches(days).map(
          ({ from, to, state, uptimePercent }) =>
            html`<tr><th scope="row">${from === to ? from : `${from} to ${to}`}</th><td>${dayWords[state]}</td><td>${uptimePercent === null ? '–' : percent(uptimePercent)}</td></tr>`,
        )}</tbody></table></div></details>`
}

interface Stretch extends Pick<Day, 'state' | 'uptimePercent'> {
  readonly from: string
  readonly to: string
}

function stretches(days: readonly Day[]): Stretch[] {
  const found: Stretch[] = []
  for (const { date, state, uptimePercent } of days) {
    const last = found.at(-1)
    if (last?.state === state && last.uptimePercent === uptimePercent) {
      found[found.length - 1] = { ...last, to: date }
    } else {
      found.push({ from: date, to: date, state, uptimePercent })
    }
  }
  return found.reverse()
}

function incidentList(incidents: PublicStatus['incidents']): Html {
  return html`<div class="table-wrap"><table><caption>Times are in UTC</caption>
      <thead><tr><th scope="col">What</th><th scope="col">Began</th><th scope="col">Ended</th><th scope="col">Minutes</th></tr></thead>
      <tbody>${incidents.map(
        ({ title, startedAt, endedAt, minutes }) =>
          html`<tr><th scope="row">${title}</th><td>${time(startedAt)}</td><td>${endedAt === null ? 'Still going on' : time(endedAt)}</td><td>${minutes}</td></tr>`,
      )}</tbody></table></div>`
}

function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`
}

function percent(value: number): string {
  return `${value.toFixed(value === 100 ? 0 : 2)} %`
}
