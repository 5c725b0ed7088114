import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type {
  DeprecatedCaller,
  DeprecatedOperation,
  VersionDescription,
} from '../../../shared/api/version-history.ts'
import { api, sentenceOf } from '../../app/api.ts'
import { countOf, View, when } from '../../app/view.ts'

interface Known {
  readonly versions: readonly z.output<typeof VersionDescription>[]
  readonly endings: readonly z.output<typeof DeprecatedOperation>[]
  /** Null: the person may not see who calls. */
  readonly callers: readonly DeprecatedCaller[] | null
  /** Names of the organisation's keys by id, as far as the person may see them. */
  readonly names: ReadonlyMap<string, string>
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** @summary The dated versions, what will end, and which of one's own credentials that concerns. */
export class VersionsElement extends View {
  @state() private known: Known | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.load()
  }

  private async load(): Promise<void> {
    try {
      const [versions, endings, callers, names] = await Promise.all([
        api('GET /api/v1/versions', {}),
        api('GET /api/v1/deprecations', {}),
        this.may('usage.read') ? api('GET /api/v1/deprecations/callers', {}) : null,
        this.may('keys.read') ? keyNames() : new Map<string, string>(),
      ])
      this.known = {
        versions: versions.data,
        endings: endings.data,
        callers: callers?.data ?? null,
        names,
      }
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected override render() {
    const { known } = this
    return html`
      <h1>Versions and endings</h1>
      <p class="lead">A key or application stays on the version of its first call. <a href="/developers/guides/versions">Read how versions work</a>.</p>
      ${this.notices()}
      ${known ? html`${this.endings(known)}${this.versions(known)}` : this.error ? nothing : html`<p class="loading">Loading…</p>`}
    `
  }

  private endings({ endings, callers, names }: Known) {
    const concerned = callers?.filter(({ calls }) => calls > 0) ?? []
    return html`<h2>What will end</h2>
      ${
        callers === null
          ? html`<p>To see which of your credentials this concerns, you need the right to read usage.</p>`
          : concerned.length === 0
            ? html`<p class="notice success">None of your keys and applications has called any of these in the last 90 days.</p>`
            : html`<p class="notice error">${countOf(new Set(concerned.map(({ credential }) => credential.id)).size, 'of your credentials still calls', 'of your credentials still call')} what will end. Change them before the date.</p>`
      }
      ${endings.map((ending) =>
        this.ending(
          ending,
          concerned.filter(({ operation }) => operation === ending.operation),
          names,
        ),
      )}
      ${endings.length === 0 ? html`<p>Nothing: every operation of the API is here to stay.</p>` : nothing}`
  }

  private ending(
    ending: Known['endings'][number],
    callers: readonly DeprecatedCaller[],
    names: Known['names'],
  ) {
    return html`<section class="card">
      <h3><code>${ending.operation}</code></h3>
      <p>${ending.reason} Call <code>${ending.successor}</code> instead. Announced on ${day.format(new Date(ending.since))}; it stops answering on <strong>${day.format(new Date(ending.sunset))}</strong>.</p>
      ${
        ending.brownOuts.length > 0
          ? html`<p>Before that it is switched off for a while, so that whoever still calls it notices:</p>
            <ul>${ending.brownOuts.map(({ from, to }) => html`<li>${when(from)} to ${when(to)}</li>`)}</ul>`
          : nothing
      }
      ${callers.length > 0 ? callerTable(ending.operation, callers, names) : nothing}
    </section>`
  }

  private versions({ versions }: Known) {
    return html`<h2>Dated versions</h2>
      ${versions.map(
        ({ version, latest, changes }) => html`<section class="card">
          <h3>${version}${latest ? ' (latest)' : ''}</h3>
          ${
            changes.length === 0
              ? html`<p>The first version.</p>`
              : html`<ul>${changes.map(({ summary, operations }) => html`<li>${summary}${operations.length > 0 ? html` <small>${operations.join(', ')}</small>` : nothing}</li>`)}</ul>`
          }
        </section>`,
      )}`
  }
}

function callerTable(
  operation: string,
  callers: readonly DeprecatedCaller[],
  names: Known['names'],
) {
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label="Who still calls ${operation}">
    <table><caption>Who still calls it (last 90 days)</caption>
      <thead><tr><th scope="col">Credential</th><th scope="col">Calls</th><th scope="col">Last called on</th></tr></thead>
      <tbody>${callers.map(
        ({ credential, calls, lastCalledOn }) => html`<tr>
          <th scope="row">${names.get(credential.id) ?? nothing} <code>${credential.id}</code></th>
          <td>${calls}</td>
          <td>${day.format(new Date(lastCalledOn))}</td>
        </tr>`,
      )}</tbody>
    </table>
  </div>`
}

async function keyNames(): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  let cursor: string | undefined
  do {
    const page = await api('GET /api/v1/keys', { query: { limit: 100, cursor } })
    for (const { id, name } of page.data) names.set(id, name)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return names
}

customElements.define('console-versions', VersionsElement)
