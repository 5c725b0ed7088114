import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { z } from 'zod'
import type {
  LmsProduct,
  ToolConfiguration as ToolConfigurationSchema,
} from '../../../../shared/api/lti.ts'
import type { RegistrationLink as RegistrationLinkSchema } from '../../../../shared/api/lti-setup.ts'
import { api, sentenceOf } from '../../../app/api.ts'
import '../../../app/copy-field.ts'
import { go, View, when } from '../../../app/view.ts'
import { handFields, readHandForm } from './hand-form.ts'
import { screenPicture } from './screen-picture.ts'
import { handSteps, linkSteps, productNames, type SetUpStep } from './steps.ts'

type Configuration = z.output<typeof ToolConfigurationSchema>
type Link = z.output<typeof RegistrationLinkSchema>

// Of the contract, whose values may not come into this page with its validator.
const products: readonly LmsProduct[] = ['moodle', 'canvas', 'blackboard', 'other']

/** @summary Connecting an LMS, step by step, with the values of its own forms. */
export class LmsSetUpElement extends View {
  @state() private configuration: Configuration | undefined
  @state() private link: Link | undefined
  @state() private product: LmsProduct | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    const asked = new URLSearchParams(location.search).get('product')
    const product = products.find((one) => one === asked)
    if (product) this.choose(product)
  }

  private choose(product: LmsProduct): void {
    this.product = product
    this.link = undefined
    this.configuration = undefined
    history.replaceState(null, '', `/admin/lms/new?product=${product}`)
    void this.load(product)
  }

  private async load(product: LmsProduct): Promise<void> {
    try {
      const found = await api('GET /api/v1/lti/configuration', { query: { product } })
      // Another one may have been chosen meanwhile.
      if (this.product === product) this.configuration = found
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  private makeLink(product: LmsProduct): void {
    void this.act(async () => {
      this.link = await api('POST /api/v1/lti/registration-links', { body: { product } })
      return 'The registration link is ready to be copied.'
    })
  }

  private save(event: SubmitEvent): void {
    event.preventDefault()
    const { product, configuration } = this
    if (!product || !configuration) return
    const body = readHandForm(event.target as HTMLFormElement, product, configuration.platform)
    void this.act(async () => {
      const { id } = await api('POST /api/v1/lti/platforms', { body })
      go(`/admin/lms/${id}`)
      return undefined
    })
  }

  protected override render() {
    return html`
      <p><a href="/admin/lms">All LMSs</a></p>
      <h1>Connect an LMS</h1>
      ${this.notices()}
      <fieldset class="lms-products">
        <legend>Which LMS does your school use?</legend>
        ${products.map(
          (product) => html`<label class="check"><input type="radio" name="product" value=${product}
            .checked=${this.product === product} @change=${() => this.choose(product)} /> ${productNames[product]}</label>`,
        )}
      </fieldset>
      ${this.product ? this.guide(this.product) : nothing}
    `
  }

  private guide(product: LmsProduct): TemplateResult {
    if (!this.may('lti.write')) {
      return html`<p class="notice warning">You may look at these steps; connecting an LMS needs the right to change LMSs.</p>`
    }
    const steps = linkSteps[product]
    return html`
      ${steps ? this.byLink(product, steps) : nothing}
      <section class="card stack" aria-labelledby="lms-by-hand">
        <h2 id="lms-by-hand">${steps ? 'Or by hand' : `Connect ${productNames[product]}`}</h2>
        ${stepList(handSteps[product])}
        ${this.values()}
        <form class="stack" @submit=${this.save}>
          <h3>What the LMS gave you</h3>
          ${handFields(product)}
          <p class="actions"><button class="button" ?disabled=${this.busy || !this.configuration}>Save and test</button></p>
        </form>
      </section>`
  }

  private byLink(product: LmsProduct, steps: readonly SetUpStep[]): TemplateResult {
    return html`<section class="card stack" aria-labelledby="lms-by-link">
      <h2 id="lms-by-link">By a link (the quickest way)</h2>
      <p>The LMS and EdPsych Connect tell each other everything. The link works once and for 24 hours; treat it like a password.</p>
      ${
        this.link
          ? html`<admin-copy-field label="Registration link" .value=${this.link.url}></admin-copy-field>
            <p class="hint">Works until ${when(this.link.expiresAt)}.</p>`
          : html`<p><button class="button" ?disabled=${this.busy} @click=${() => this.makeLink(product)}>Make a registration link</button></p>`
      }
      ${stepList(steps)}
      ${this.link ? html`<p>When that is done, find the LMS under <a href="/admin/lms">LMSs</a> and test the connection.</p>` : nothing}
    </section>`
  }

  private values(): TemplateResult {
    const { configuration } = this
    if (!configuration) return html`<p class="loading" role="status">Loading values …</p>`
    return html`<h3>Values for the LMS</h3>
      ${
        configuration.json
          ? html`<admin-copy-field multiline label="JSON for the developer key" .value=${JSON.stringify(configuration.json, null, 2)}></admin-copy-field>
            <details><summary>The same, field by field</summary>${copyFields(configuration.values)}</details>`
          : copyFields(configuration.values)
      }`
  }
}

function copyFields(values: Configuration['values']) {
  return html`<div class="lms-values">${values.map(
    ({ name, value }) => html`<admin-copy-field label=${name} .value=${value}></admin-copy-field>`,
  )}</div>`
}

function stepList(steps: readonly SetUpStep[]): TemplateResult {
  return html`<ol class="lms-steps">${steps.map(
    ({ text, screen }) => html`<li><p>${text}</p>${screenPicture(screen)}</li>`,
  )}</ol>`
}

customElements.define('admin-lms-setup', LmsSetUpElement)
