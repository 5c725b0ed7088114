import { html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Client } from '../../../shared/api/client.ts'
import type { MatchReason, MatchStatus, RosterMatch } from '../../../shared/api/roster-matches.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

const statuses: Readonly<Record<MatchStatus, string>> = {
  open: 'To decide',
  later: 'Put off',
  same: 'Same person',
  different: 'Different people',
  certain: 'Matched by itself',
}

const reasons: Readonly<Record<MatchReason, string>> = {
  identifier: 'the same identifier in the student record system',
  identifier_name_differs: 'the same identifier, yet another name',
  email: 'the same e-mail address',
}

type Decision = 'same' | 'different' | 'later'

/** @summary People of learning platforms who may be people of the roster: a person decides, and may take it back. */
export class RosterMatchesElement extends View {
  @property({ attribute: false }) client: Client = api
  @state() private status: MatchStatus = 'open'

  private readonly questions = new PagedList<RosterMatch>(this, (cursor) =>
    this.client('GET /api/v1/roster/matches', {
      query: { limit: 20, cursor, status: this.status },
    }),
  )

  private choose(event: Event): void {
    // The list holds these values alone.
    this.status = (event.target as HTMLSelectElement).value as MatchStatus
    void this.questions.restart()
  }

  private decide(match: RosterMatch, decision: Decision, form: HTMLFormElement | null): void {
    const chosen = form ? new FormData(form).get('candidate') : null
    const sourcedId = chosen === null ? match.candidates[0]?.sourcedId : String(chosen)
    void this.act(async () => {
      await this.client('POST /api/v1/roster/matches/:id/decide', {
        params: { id: match.id },
        body: { decision, ...(decision === 'same' && sourcedId && { sourcedId }) },
      })
      await this.next(match)
      return said(nameOf(match.person), decision)
    })
  }

  private undo(match: RosterMatch): void {
    void this.act(async () => {
      await this.client('POST /api/v1/roster/matches/:id/undo', { params: { id: match.id } })
      await this.next(match)
      return `Taken back: ${nameOf(match.person)} is to be decided again.`
    })
  }

  /** The focus goes on to the next question, for those who work with the keyboard. */
  private async next({ id }: RosterMatch): Promise<void> {
    const at = this.questions.rows.findIndex((row) => row.id === id)
    await this.questions.restart()
    await this.updateComplete
    const cards = this.querySelectorAll<HTMLElement>('.match')
    const card = cards[Math.min(Math.max(at, 0), cards.length - 1)]
    ;(card ?? this.querySelector<HTMLElement>('select'))?.focus()
  }

  protected override render() {
    const { rows, loading } = this.questions
    return html`
      <p><a href="/admin/roster">Roster</a></p>
      <h1>Doubtful matches</h1>
      <p class="lead">People of a learning platform who may be people of the roster. A name alone never joins two people.</p>
      ${this.notices()}
      <p><label>Show <select .value=${this.status} @change=${this.choose}>
        ${Object.entries(statuses).map(([value, word]) => html`<option value=${value} ?selected=${value === this.status}>${word}</option>`)}
      </select></label></p>
      <div role="alert">${this.questions.error ? html`<p class="notice error">${this.questions.error}</p>` : nothing}</div>
      ${rows.map((match) => this.card(match))}
      ${rows.length === 0 && !loading && !this.questions.error ? html`<p>Nothing here.</p>` : nothing}
      ${this.questions.more()}
    `
  }

  private card(match: RosterMatch): TemplateResult {
    const { id, person, candidates, theirId, status } = match
    const name = nameOf(person)
    const isSettled = status === 'same' || status === 'different'
    return html`<section class="card match" tabindex="-1" aria-labelledby="match-${id}">
      <h2 id="match-${id}">${name}</h2>
      <p>In the learning platform: ${roleWord(person.role)}, <code>${theirId}</code>${person.email ? html`, ${person.email}` : nothing}. Found ${when(match.createdAt)}.</p>
      <form @submit=${(event: Event) => event.preventDefault()}>
        <fieldset>
          <legend>May be, in the roster</legend>
          ${candidates.map(
            (candidate, no) => html`<label class="check">
              <input type="radio" name="candidate" value=${candidate.sourcedId} ?checked=${no === 0} ?disabled=${isSettled} />
              ${nameOf(candidate)}, ${roleWord(candidate.role)}, <code>${candidate.sourcedId}</code>${candidate.email ? html`, ${candidate.email}` : nothing}
              – ${candidate.because.map((reason) => reasons[reason]).join('; ')}
            </label>`,
          )}
        </fieldset>
        ${this.may('roster.write') ? this.acts(match, name) : nothing}
      </form>
    </section>`
  }

  private acts(match: RosterMatch, name: string): TemplateResult {
    const button = (decision: Decision, words: string, style: string) => html`<button type="button"
      class="button ${style}" ?disabled=${this.busy} @click=${(event: Event) =>
        this.decide(
          match,
          decision,
          (event.currentTarget as HTMLButtonElement).form,
        )}>${words}<span class="visually-hidden">: ${name}</span></button>`
    const { status } = match
    if (status === 'same' || status === 'different') {
      return html`<p class="actions"><button type="button" class="button secondary" ?disabled=${this.busy}
        @click=${() => this.undo(match)}>Take back<span class="visually-hidden">: ${name}</span></button></p>`
    }
    return html`<p class="actions">
      ${status === 'certain' ? nothing : button('same', 'Same person', '')}
      ${button('different', 'Different people', 'secondary')}
      ${status === 'open' ? button('later', 'Later', 'secondary') : nothing}
    </p>`
  }
}

function nameOf({ givenName, familyName }: RosterMatch['person']): string {
  return [givenName, familyName].filter((part) => part !== null).join(' ') || 'Somebody unnamed'
}

function roleWord(role: 'student' | 'teacher'): string {
  return role === 'teacher' ? 'teaches' : 'learns'
}

function said(name: string, decision: Decision): string {
  if (decision === 'same') return `${name} is one person now.`
  if (decision === 'different') return `${name} stays a person of their own.`
  return `${name} is put off.`
}

customElements.define('admin-roster-matches', RosterMatchesElement)
