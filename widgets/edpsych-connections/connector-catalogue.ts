import { html, nothing, type TemplateResult } from 'lit'
import type { Connector } from '../../shared/api/connections.ts'
import { kindNames } from './connection-columns.ts'

const signIns: Readonly<Record<Connector['signIn'], string>> = {
  credentials: 'with a key or a token from there',
  'client-credentials': 'with a client id and a secret from there',
  oauth: 'by signing in there and agreeing',
}

function matches({ name, summary, kind }: Connector, search: string): boolean {
  const text = `${name} ${summary} ${kindNames[kind] ?? kind}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** The systems that can be connected, by kind; searched as one types. */
export function catalogue(
  connectors: readonly Connector[],
  search: string,
  choose: (connector: Connector) => void,
): TemplateResult {
  const found = connectors.filter((connector) => matches(connector, search))
  if (found.length === 0) {
    return html`<div class="empty"><p>No system of that name can be connected yet. A developer can add one: see the guide for writing connectors.</p></div>`
  }
  const kinds = [...new Set(found.map(({ kind }) => kind))]
  return html`${kinds.map(
    (kind) => html`<h2>${kindNames[kind] ?? kind}</h2>
      <ul class="catalogue">
        ${found
          .filter((connector) => connector.kind === kind)
          .map(
            (connector) => html`<li class="card">
              <h3>${connector.name}</h3>
              <p>${connector.summary}</p>
              <p class="hint">Connected ${signIns[connector.signIn]}.</p>
              <p class="actions">
                <button type="button" class="button secondary" @click=${() => choose(connector)}>Choose<span class="visually-hidden"> ${connector.name}</span></button>
                ${connector.guide ? html`<a href=${connector.guide}>Guide<span class="visually-hidden"> for ${connector.name}</span></a>` : nothing}
              </p>
            </li>`,
          )}
      </ul>`,
  )}`
}
