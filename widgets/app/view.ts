import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { type StaffSession, sentenceOf } from './api.ts'

/** A page of the administration: light DOM (the site's stylesheet applies), one error and one success line. */
export abstract class View extends LitElement {
  @property({ attribute: false }) session: StaffSession | undefined
  @property({ attribute: false }) parameters: Record<string, string> = {}
  @state() protected error = ''
  @state() protected success = ''
  @state() protected busy = false

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected may(scope: string): boolean {
    return this.session?.scopes.includes(scope) ?? false
  }

  /** Runs an act of the person: one at a time, its failure shown as a sentence. */
  protected async act(work: () => Promise<string | undefined>): Promise<void> {
    if (this.busy) return
    const focused = document.activeElement
    this.busy = true
    this.error = ''
    this.success = ''
    try {
      this.success = (await work()) ?? ''
    } catch (error) {
      this.error = sentenceOf(error)
    } finally {
      this.busy = false
    }
    await this.updateComplete
    // A control that was disabled meanwhile has lost the focus of whoever pressed it.
    if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus()
  }

  /** Looks something up for the person: nothing is switched off meanwhile, so the focus stays where it is. */
  protected async lookUp(work: () => Promise<string | undefined>): Promise<void> {
    try {
      this.success = (await work()) ?? ''
      this.error = ''
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  protected notices(): TemplateResult {
    return html`
      <div role="alert">${this.error ? html`<p class="notice error">${this.error}</p>` : nothing}</div>
      <div role="status">${this.success ? html`<p class="notice success">${this.success}</p>` : nothing}</div>
    `
  }
}

export function go(path: string): void {
  history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** How a count reads with the thing it counts. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

export function when(iso: string | null): string {
  return iso === null ? '–' : dateTime.format(new Date(iso))
}
