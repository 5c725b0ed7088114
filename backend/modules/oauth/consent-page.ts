import type { TenantSummary } from '../../../shared/api/access.ts'
import { type Scope, scopes as sentences } from '../../../shared/scopes.ts'
import { type Html, html } from '../../core/html.ts'
import type { ClientRow } from './client-store.ts'

export interface ConsentFacts {
  readonly action: string
  readonly csrf: string
  readonly person: { readonly name: string; readonly email: string }
  readonly client: ClientRow
  readonly ownerName: string
  readonly tenant: TenantSummary
  /** Whether the person could have chosen another organisation. */
  readonly isChosen: boolean
  readonly identity: readonly string[]
  readonly shared: readonly string[]
  /** Asked for, but beyond what this person may do there. */
  readonly beyond: readonly string[]
  /** Asked for, but an administrator has not approved it. */
  readonly withheld: readonly string[]
  readonly redirectHost: string
  readonly lasts: boolean
}

function sentenceOf(scope: string): string {
  return sentences[scope as Scope] ?? scope
}

const identitySentences: Readonly<Record<string, string>> = {
  openid: 'Recognise your account when you come back',
  profile: 'See your name',
  email: 'See your e-mail address',
}

function list(items: readonly string[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

function link(href: string | null, text: string): Html {
  if (href === null) return html`none given`
  return html`<a href="${href}" rel="noopener noreferrer" target="_blank">${text} (opens in a new tab)</a>`
}

function sharedPart({ shared, identity, tenant }: ConsentFacts): Html {
  const own = identity.flatMap((scope) => identitySentences[scope] ?? [])
  const all = [...own, ...shared.map((scope) => `${sentenceOf(scope)} – of ${tenant.name}`)]
  return all.length > 0
    ? html`<h2>What it may do</h2>${list(all)}`
    : html`<h2>What it may do</h2><p>Nothing of what it asks for can be shared by you here.</p>`
}

function missingPart({ withheld, beyond, tenant }: ConsentFacts): Html {
  return html`${
    withheld.length > 0 &&
    html`<h2>Not shared yet</h2>
    <p>This is personal data about learners or staff. An administrator of ${tenant.name} (school, trust or platform administrator) must approve it for this application first, under Developer console › Applications. They can see now that it was asked for.</p>
    ${list(withheld.map(sentenceOf))}`
  }${
    beyond.length > 0 &&
    html`<h2>Not yours to share</h2>
    <p>The application asks for this too, but your own role in ${tenant.name} does not include it.</p>
    ${list(beyond.map(sentenceOf))}`
  }`
}

/** The page that asks: what, with whom, why, for which organisation, for how long. Works without scripts. */
export function consentPage(facts: ConsentFacts): Html {
  const { client, tenant, person, ownerName } = facts
  return html`<section class="consent" aria-labelledby="consent-title">
    <h1 id="consent-title">${client.name} would like to use EdPsych Connect for you</h1>
    <p>You are signed in as ${person.name} (${person.email}).</p>
    ${sharedPart(facts)}
    ${missingPart(facts)}
    <h2>Why</h2>
    <p>In its own words: ${client.purpose}</p>
    <h2>Who gets it</h2>
    <dl>
      <dt>Application</dt><dd>${client.name}</dd>
      <dt>Run by</dt><dd>${ownerName}</dd>
      <dt>Contact</dt><dd><a href="mailto:${client.contact}">${client.contact}</a></dd>
      <dt>Privacy notice</dt><dd>${link(client.privacyNotice, 'Read its privacy notice')}</dd>
      <dt>Home page</dt><dd>${link(client.homePage, 'Visit its home page')}</dd>
      <dt>You go back to</dt><dd>${facts.redirectHost}</dd>
    </dl>
    <h2>For which organisation</h2>
    <p>${tenant.name}. ${facts.isChosen ? html`<a href="${facts.action}">Choose another organisation</a>` : ''}</p>
    <h2>For how long</h2>
    <p>${
      facts.lasts
        ? 'Until you withdraw it, at most one year; at the latest when it goes unused for 90 days. You can withdraw it at any time under your account.'
        : 'Each time for ten minutes; the application has to ask again. You can withdraw it at any time under your account.'
    }</p>
    <form method="post" action="${facts.action}" class="consent-answer">
      <input type="hidden" name="csrf" value="${facts.csrf}" />
      <input type="hidden" name="tenant" value="${tenant.id}" />
      <button class="button" type="submit" name="decision" value="allow">Allow</button>
      <button class="button secondary" type="submit" name="decision" value="refuse">Refuse</button>
    </form>
  </section>`
}

/** Asked first where a person acts for several organisations. */
export function choicePage({
  action,
  client,
  tenants,
}: {
  readonly action: string
  readonly client: ClientRow
  readonly tenants: readonly TenantSummary[]
}): Html {
  return html`<section class="consent" aria-labelledby="choice-title">
    <h1 id="choice-title">For which organisation?</h1>
    <p>${client.name} would like to use EdPsych Connect for you. Choose the organisation whose data it is about; next you see what it asks for.</p>
    <form method="get" action="${action}" class="consent-answer">
      <label for="tenant">Organisation</label>
      <select id="tenant" name="tenant" required>
        ${tenants.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
      </select>
      <button class="button" type="submit">Continue</button>
    </form>
  </section>`
}
