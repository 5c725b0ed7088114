import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { TenantSummary } from '../../../shared/api/access.ts'
import type { OnboardingSummary } from '../../../shared/api/onboarding.ts'
import { kindsBelow } from '../../../shared/kinds-below.ts'
import { api, chooseTenant } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { go, View, when } from '../../app/view.ts'

type Kind = 'school' | 'trust' | 'local-authority'

const kindWords: Readonly<Record<Kind, string>> = {
  school: 'School',
  trust: 'Trust',
  'local-authority': 'Local authority',
}

/** @summary Organisations that are being set up, how far each is, and the way to begin with another. */
export class OnboardingsElement extends View {
  @state() private adding = false

  private readonly list = new PagedList<OnboardingSummary>(this, (cursor) =>
    api('GET /api/v1/onboardings', { query: { limit: 50, cursor } }),
  )

  private get kinds(): Kind[] {
    const kind = this.session?.tenant.kind
    if (!kind) return []
    return kindsBelow[kind].filter((below) => below !== 'sandbox')
  }

  private begin(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    void this.act(async () => {
      const organisation = await api('POST /api/v1/tenants', {
        body: {
          name: String(data.get('name')),
          slug: String(data.get('slug')),
          // The select offers kinds only.
          kind: String(data.get('kind')) as Kind,
        },
      })
      await api('POST /api/v1/tenants/:id/onboarding', { params: { id: organisation.id } })
      workIn(organisation.id)
      return undefined
    })
  }

  private beginHere({ id }: TenantSummary): void {
    void this.act(async () => {
      await api('POST /api/v1/tenants/:id/onboarding', { params: { id } })
      go(`/admin/onboarding/${id}`)
      return undefined
    })
  }

  /** A short name that fits, as long as nobody has written another. */
  private suggest(event: Event): void {
    const name = event.target as HTMLInputElement
    const slug = this.querySelector<HTMLInputElement>('#onboarding-slug')
    if (!slug || slug.dataset['own'] === 'yes') return
    slug.value = slugOf(name.value)
  }

  protected override render() {
    return html`
      <h1>Setting up</h1>
      <p class="lead">Step by step from a name to a working organisation. Leave at any time: whoever comes next goes on where it was left.</p>
      ${this.notices()}
      ${this.may('tenants.write') ? this.starters() : nothing}
      ${this.list.table({
        caption: 'Organisations being set up',
        columns: ['Organisation', 'Progress', 'Begun', 'Action'],
        row: (one) => this.row(one),
        empty: html`<h2>Nothing is being set up</h2>
          <p>Begin with an organisation: its details, an administrator, the systems it uses and who hears of problems. It takes less than ten minutes, and nothing is lost when you stop in between.</p>`,
      })}
    `
  }

  private starters(): TemplateResult | typeof nothing {
    const { kinds } = this
    const tenant = this.session?.tenant
    if (this.adding) return this.form(kinds)
    const hasOwn = this.list.rows.some(({ id }) => id === tenant?.id)
    const canBeSetUp = tenant !== undefined && Object.hasOwn(kindWords, tenant.kind)
    return html`<p class="actions">
      ${
        kinds.length > 0
          ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.ask()}>Set up ${kinds.includes('school') ? 'a school' : 'an organisation'}</button>`
          : nothing
      }
      ${
        canBeSetUp && !hasOwn && !this.list.loading
          ? html`<button class="button ${kinds.length > 0 ? 'secondary' : ''}" ?disabled=${this.busy} @click=${() => this.beginHere(tenant)}>Set up ${tenant.name} itself</button>`
          : nothing
      }
    </p>`
  }

  private ask(): void {
    this.adding = true
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>('#onboarding-name')?.focus(),
    )
  }

  private form(kinds: readonly Kind[]): TemplateResult {
    return html`<form class="card stack" @submit=${this.begin}>
      <h2>Set up an organisation</h2>
      <div class="field"><label for="onboarding-name">Name</label>
        <input id="onboarding-name" name="name" required maxlength="200" autocomplete="off" @input=${this.suggest} /></div>
      <div class="field"><label for="onboarding-slug">Short name</label>
        <p class="hint" id="onboarding-slug-hint">Small letters, digits and dashes, as it stands in addresses. It cannot be changed later.</p>
        <input id="onboarding-slug" name="slug" required maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocomplete="off" autocapitalize="none" aria-describedby="onboarding-slug-hint" @input=${keepOwn} /></div>
      <div class="field"><label for="onboarding-kind">Kind</label>
        <select id="onboarding-kind" name="kind">${kinds.map((kind) => html`<option value=${kind} ?selected=${kind === 'school'}>${kindWords[kind]}</option>`)}</select></div>
      <p class="actions">
        <button class="button" ?disabled=${this.busy}>Add it and begin</button>
        <button type="button" class="button secondary" @click=${() => {
          this.adding = false
        }}>Cancel</button>
      </p>
    </form>`
  }

  private row({ id, organisation, state, finished, total, begunAt }: OnboardingSummary) {
    const isDone = state === 'completed'
    return html`<tr>
      <th scope="row">${organisation.name}</th>
      <td>
        <span class="onboarding-progress">
          <progress max=${total} value=${finished} aria-label="Progress of ${organisation.name}"></progress>
          ${isDone ? html`<span class="pill good">Set up</span>` : html`<span>${finished} of ${total} steps</span>`}
        </span>
      </td>
      <td>${when(begunAt)}</td>
      <td><button class="button link" @click=${() => this.open(id)}>${isDone ? 'Look at it' : 'Continue'}<span class="visually-hidden">: ${organisation.name}</span></button></td>
    </tr>`
  }

  private open(id: string): void {
    if (id === this.session?.tenant.id) go(`/admin/onboarding/${id}`)
    else workIn(id)
  }
}

/** The steps are done in the organisation itself, with the rights one has there. */
function workIn(id: string): void {
  chooseTenant(id)
  location.assign(`/admin/onboarding/${id}`)
}

function keepOwn(event: Event): void {
  const input = event.target as HTMLInputElement
  input.dataset['own'] = input.value === '' ? 'no' : 'yes'
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
}

customElements.define('admin-onboardings', OnboardingsElement)
