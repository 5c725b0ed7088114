import { msg, str } from '@lit/localize'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { type ItemType, itemTypes, shareAddress } from '../../shared/classroom-share.ts'
import { ConnectElement } from '../../widgets/core/connect-element.ts'
import { emptyState, loadingState } from '../../widgets/core/states.ts'
import { browser } from '../browser.ts'
import type { LibraryResource, PairingStatus, Problem } from '../messages.ts'
import { send } from '../send.ts'
import type { ClassPage } from '../sites/google-classroom.ts'
import { brand } from '../ui/brand.ts'
import { problemNotice } from '../ui/problem-notice.ts'
import { problemSentence } from '../ui/problem-sentence.ts'
import { panelStyles } from './library-panel.styles.ts'
import { onTabChange, readOpenClass } from './open-class.ts'
import { type CardActions, itemTypeName, resourceCard } from './resource-card.ts'
import { resourcePreview } from './resource-preview.ts'

const typingPauseMs = 300

/** @summary The resource library beside Google Classroom: search, preview, share to a class. */
@customElement('edpsych-library-panel')
export class LibraryPanelElement extends ConnectElement {
  static override styles = [ConnectElement.styles, panelStyles]

  @state() private status: PairingStatus | undefined
  @state() private openClass: ClassPage | null = null
  @state() private query = ''
  @state() private found: readonly LibraryResource[] | undefined
  @state() private nextCursor: string | null = null
  @state() private problem: Problem | undefined
  @state() private busy = false
  @state() private previewed: LibraryResource | undefined
  @state() private itemType: ItemType = 'material'

  private connection = new AbortController()
  private typing: ReturnType<typeof setTimeout> | undefined
  private asked = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.connection = new AbortController()
    const { signal } = this.connection
    const refresh = () => void this.refresh()
    onTabChange(() => void this.lookAtTab(), signal)
    browser.storage.onChanged.addListener(refresh)
    signal.addEventListener('abort', () => browser.storage.onChanged.removeListener(refresh))
    void this.lookAtTab()
    void this.refresh()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.connection.abort()
    clearTimeout(this.typing)
  }

  protected override render(): TemplateResult {
    const paired = this.status?.paired
    return html`
      <header>
        ${brand()} ${paired ? html`<p class="tenant">${paired.tenant}</p>` : nothing}
      </header>
      <main>${this.renderMain()}</main>
    `
  }

  private renderMain() {
    if (!this.status && !this.problem) return loadingState()
    if (this.status && !this.status.paired) return this.renderUnpaired(this.status)
    if (this.previewed) return resourcePreview(this.previewed, this.itemType, this.actions)
    return html`
      <h1 class="visually-hidden">${msg('Resource library', { id: 'extension-library' })}</h1>
      ${this.renderSearch()} ${this.renderClass()} ${this.renderResults()}
    `
  }

  private renderUnpaired({ ended }: PairingStatus) {
    return html`<div class="empty">
      <h1>
        ${
          ended
            ? msg('The pairing has ended', { id: 'extension-ended-title' })
            : msg('Not paired yet', { id: 'extension-not-paired-title' })
        }
      </h1>
      <p>
        ${msg('Pair this browser with your EdPsych Connect to search its library.', {
          id: 'extension-not-paired-text',
        })}
      </p>
      <button type="button" class="button" @click=${this.openOptions}>
        ${msg('Pair this browser', { id: 'extension-pair' })}
      </button>
    </div>`
  }

  private renderSearch() {
    return html`<form role="search" @submit=${this.searchNow}>
      <div class="field">
        <label for="query">${msg('Search the library', { id: 'extension-search' })}</label>
        <input
          id="query"
          type="search"
          maxlength="200"
          autocomplete="off"
          .value=${this.query}
          @input=${this.readQuery}
        />
      </div>
      <div class="field share-as">
        <label for="item-type">${msg('Share as', { id: 'extension-share-as' })}</label>
        <select id="item-type" @change=${this.readItemType}>
          ${itemTypes.map(
            (type) =>
              html`<option value=${type} ?selected=${type === this.itemType}>
                ${itemTypeName(type)}
              </option>`,
          )}
        </select>
      </div>
    </form>`
  }

  private renderClass() {
    const sentence = this.openClass
      ? msg('Shares go to the class that is open in this tab.', { id: 'extension-class-open' })
      : msg('Google Classroom will ask you for the class.', { id: 'extension-class-asked' })
    return html`<p class="class" ?data-open=${this.openClass !== null}>${sentence}</p>`
  }

  private renderResults() {
    if (this.problem) return this.renderProblem(this.problem)
    if (!this.found) return loadingState()
    if (this.found.length === 0) return this.renderNothing()
    return html`
      <ul class="results" aria-busy=${this.busy}>
        ${this.found.map((resource) => html`<li>${resourceCard(resource, this.actions)}</li>`)}
      </ul>
      ${
        this.nextCursor
          ? html`<button class="button secondary more" type="button" @click=${this.more}>
              ${msg('Show more', { id: 'extension-more' })}
            </button>`
          : nothing
      }
    `
  }

  private renderNothing() {
    return this.query.trim()
      ? emptyState(
          msg('Nothing found', { id: 'extension-nothing' }),
          msg('Try another word, or fewer words.', { id: 'extension-nothing-text' }),
        )
      : emptyState(
          msg('The library is empty', { id: 'extension-empty' }),
          msg('Resources that your organisation adds in EdPsych Connect appear here.', {
            id: 'extension-empty-text',
          }),
        )
  }

  private renderProblem({ code, requestId }: Problem) {
    return html`${problemNotice({ sentence: problemSentence(code), reference: requestId })}
      <p class="actions">
        <button type="button" class="button secondary" @click=${this.searchNow}>
          ${msg('Try again', { id: 'try-again' })}
        </button>
        ${
          code === 'permission_missing'
            ? html`<button type="button" class="button" @click=${this.openOptions}>
                ${msg('Pair this browser', { id: 'extension-pair' })}
              </button>`
            : nothing
        }
      </p>`
  }

  private readonly actions: CardActions = {
    preview: (resource) => void this.preview(resource),
    back: () => void this.closePreview(),
    share: (resource) => void this.share(resource),
    chooseItemType: (itemType) => {
      this.itemType = itemType
    },
  }

  private readonly openOptions = (): void => {
    void browser.runtime.openOptionsPage()
  }

  private readonly readQuery = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    this.query = event.target.value
    clearTimeout(this.typing)
    this.typing = setTimeout(() => void this.search(), typingPauseMs)
  }

  private readonly readItemType = (event: Event): void => {
    const { target } = event
    if (!(target instanceof HTMLSelectElement)) return
    this.itemType = itemTypes.find((type) => type === target.value) ?? this.itemType
  }

  private readonly searchNow = (event: Event): void => {
    event.preventDefault()
    clearTimeout(this.typing)
    void this.search()
  }

  private readonly more = async (): Promise<void> => {
    const before = this.found?.length ?? 0
    await this.search(this.nextCursor)
    await this.focusOn(`.results li:nth-child(${before + 1}) h2 button`)
  }

  private async refresh(): Promise<void> {
    const answer = await send({ type: 'pairing' })
    if (!answer.ok) {
      this.problem = answer.problem
      return
    }
    const wasPaired = Boolean(this.status?.paired)
    this.status = answer.value
    if (Boolean(answer.value.paired) === wasPaired) return
    this.found = undefined
    this.previewed = undefined
    if (!wasPaired) await this.search()
  }

  private async lookAtTab(): Promise<void> {
    this.openClass = await readOpenClass()
  }

  private async search(cursor: string | null = null): Promise<void> {
    // Answers may overtake each other while somebody types.
    this.asked += 1
    const turn = this.asked
    this.busy = true
    const answer = await send({ type: 'search', query: this.query, cursor })
    if (turn !== this.asked) return
    this.busy = false
    this.problem = answer.ok ? undefined : answer.problem
    if (!answer.ok) {
      await this.refresh()
      return
    }
    const { data, nextCursor } = answer.value
    this.found = cursor ? [...(this.found ?? []), ...data] : data
    this.nextCursor = nextCursor
    const count = this.found.length
    this.announce(
      count === 1
        ? msg('1 resource found', { id: 'extension-found-one' })
        : msg(str`${count} resources found`, { id: 'extension-found' }),
    )
  }

  private async preview(resource: LibraryResource): Promise<void> {
    this.previewed = resource
    await this.focusOn('h1')
  }

  private async closePreview(): Promise<void> {
    const id = this.previewed?.id ?? ''
    this.previewed = undefined
    await this.focusOn(`[data-resource="${CSS.escape(id)}"] h2 button`)
  }

  private async share(resource: LibraryResource): Promise<void> {
    // Asked at the click: the class may have changed since the panel last looked.
    const page = await readOpenClass()
    await browser.tabs.create({ url: shareAddress(resource, this.itemType, page ?? undefined) })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-library-panel': LibraryPanelElement
  }
}
