import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ConnectionProblem, ConnectionProblemDetail } from '../../shared/api/problems.ts'
import type { LiveTopic } from '../core/live.ts'
import { failureState, loadingState } from '../core/states.ts'
import { askFirst } from '../dashboard/ask-first.ts'
import { DashboardElement } from '../dashboard/dashboard-element.ts'
import { dashboardStyles } from '../dashboard/dashboard-styles.ts'
import { healingEntries } from '../dashboard/healing-words.ts'
import '../state-badge/state-badge.ts'
import { stateWord } from '../state-badge/state-words.ts'
import '../time-ago/time-ago.ts'
import { ownerName } from './problem-words.ts'

interface Answer {
  readonly route:
    | 'POST /api/v1/problems/:id/acknowledge'
    | 'POST /api/v1/problems/:id/resolve'
    | 'POST /api/v1/problems/:id/reopen'
  readonly label: string
  readonly title: string
  readonly effects: readonly string[]
  readonly done: string
  readonly from: readonly ConnectionProblem['status'][]
  readonly isMain?: boolean
}

const answers: readonly Answer[] = [
  {
    route: 'POST /api/v1/problems/:id/acknowledge',
    label: 'I am looking into it',
    title: 'Take this problem on?',
    effects: [
      'Your colleagues see that somebody is at it, and alerts about it do not go further up.',
      'It stays until the connection has recovered or somebody resolves it.',
    ],
    done: 'Everybody can see that you are looking into it.',
    from: ['open'],
    isMain: true,
  },
  {
    route: 'POST /api/v1/problems/:id/resolve',
    label: 'It is resolved',
    title: 'Close this problem?',
    effects: [
      'It moves to the resolved ones.',
      'Should the same happen again, it comes back by itself.',
    ],
    done: 'The problem is closed.',
    from: ['open', 'acknowledged'],
  },
  {
    route: 'POST /api/v1/problems/:id/reopen',
    label: 'Open it again',
    title: 'Open this problem again?',
    effects: ['It counts as open again, and alerts are sent about it.'],
    done: 'The problem is open again.',
    from: ['resolved'],
  },
]

const noteWords = {
  acknowledged: 'Looking into it',
  resolved: 'Resolved',
  reopened: 'Opened again',
} as const

/**
 * @summary One problem: what happened, what to do step by step, what shows it, and what was done by itself.
 * @attr api-base - The server to ask, where it is not the page's own.
 * @attr token - A bearer token with `problems.read`, where there is no session of staff.
 * @attr base - Where the pages of the administration are; links begin with it.
 * @attr problem-id - Which problem.
 * @fires edpsych-error - Something could not be done; the element shows it too.
 */
export class ProblemElement extends DashboardElement {
  static override styles = dashboardStyles

  @property({ attribute: 'problem-id' }) problemId = ''
  @state() private problem: ConnectionProblemDetail | undefined
  @state() private names: ReadonlyMap<string, string> = new Map()

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('problemId')) void this.load()
  }

  protected override get topics(): readonly LiveTopic[] {
    return ['problems']
  }

  protected override onNews(_topic: LiveTopic, message: unknown): void {
    const { problem } = message as { problem?: ConnectionProblem }
    if (problem?.id !== this.problemId || !this.problem) return
    if (this.problem.status !== problem.status) {
      this.announce(`This problem is now: ${stateWord('problem', problem.status).word}`)
    }
    this.problem = { ...this.problem, ...problem }
    // What was tried meanwhile comes only with the whole of it.
    void this.load()
  }

  protected override onGap(): void {
    void this.load()
  }

  private async load(): Promise<void> {
    const id = this.problemId
    if (id === '') return
    try {
      this.problem = await this.client('GET /api/v1/problems/:id', { params: { id } })
      this.failure = undefined
    } catch (error) {
      this.failed(error)
      return
    }
    await this.nameWriters(this.problem)
  }

  private async nameWriters({ notes }: ConnectionProblemDetail): Promise<void> {
    const unknown = new Set(notes.map(({ by }) => by).filter((by) => !this.names.has(by)))
    for (const id of unknown) {
      try {
        const { name } = await this.client('GET /api/v1/people/:id', { params: { id } })
        this.names = new Map(this.names).set(id, name)
      } catch {
        // A program, somebody who left, or a reader who may not know: they show by their identifier.
        this.names = new Map(this.names).set(id, id)
      }
    }
  }

  private answer(answer: Answer): void {
    void this.act(async () => {
      const given = await askFirst(this, {
        title: answer.title,
        effects: answer.effects,
        button: answer.label,
        reason: true,
      })
      if (!given) return undefined
      await this.client(answer.route, {
        params: { id: this.problemId },
        body: { note: given.reason },
      })
      await this.load()
      return answer.done
    })
  }

  protected override render(): TemplateResult {
    const { problem, base } = this
    const crumbs = html`<p class="breadcrumb"><a href="${base}/problems">Problems</a></p>`
    if (!problem) {
      return html`${crumbs}${this.failure ? failureState(this.failure, () => void this.load()) : loadingState('Loading the problem …')}`
    }
    return html`${crumbs}${this.head(problem)}${this.notices()}
      <div class="stack">
        <section class="card" aria-labelledby="what">
          <h2 id="what">What happened</h2>
          <p>${problem.whatHappened}</p>
          ${this.facts(problem)}
        </section>
        ${
          problem.status === 'resolved'
            ? nothing
            : html`<section class="card" aria-labelledby="do">
                <h2 id="do">What to do</h2>
                <p>Who can mend it: <strong>${ownerName(problem.owner)}</strong></p>
                <ol>${problem.whatToDo.map((step) => html`<li>${step}</li>`)}</ol>
              </section>`
        }
        <section class="card" aria-labelledby="evidence">
          <h2 id="evidence">What shows it</h2>
          ${this.evidence(problem)}
        </section>
        ${this.notes(problem)}
        <section class="card" aria-labelledby="acts">
          <h2 id="acts">What was done by itself</h2>
          ${problem.acts.length === 0 ? html`<p>Nothing so far.</p>` : healingEntries(problem.acts, this.theme)}
        </section>
      </div>`
  }

  private head(problem: ConnectionProblemDetail): TemplateResult {
    const { theme } = this
    return html`<div class="head">
      <div>
        <h1>${problem.title}</h1>
        <p class="actions">
          <edpsych-state-badge kind="severity" state=${problem.severity} .theme=${theme}></edpsych-state-badge>
          <edpsych-state-badge kind="problem" state=${problem.status} .theme=${theme}></edpsych-state-badge>
        </p>
      </div>
      ${
        this.may('problems.write')
          ? html`<div class="actions">${answers
              .filter(({ from }) => from.includes(problem.status))
              .map(
                (answer) =>
                  html`<button type="button" class="button ${answer.isMain ? '' : 'secondary'}" ?disabled=${this.busy} @click=${() => this.answer(answer)}>${answer.label}</button>`,
              )}</div>`
          : nothing
      }
    </div>`
  }

  private facts(problem: ConnectionProblemDetail): TemplateResult {
    return html`<dl class="values">
      ${problem.connectionId ? html`<dt>Connection</dt><dd><a href="${this.base}/connections/${problem.connectionId}">${problem.connectionName ?? 'Open the connection'}</a></dd>` : nothing}
      <dt>First seen</dt><dd><edpsych-time-ago .datetime=${problem.firstSeenAt} exact></edpsych-time-ago></dd>
      <dt>Last seen</dt><dd><edpsych-time-ago .datetime=${problem.lastSeenAt} exact></edpsych-time-ago>, ${problem.occurrences === 1 ? 'once' : `${problem.occurrences} times`}</dd>
      ${
        problem.recovery
          ? html`<dt>Works again</dt><dd>since <edpsych-time-ago .datetime=${problem.recovery.since} exact></edpsych-time-ago>; it closes by itself <edpsych-time-ago .datetime=${problem.recovery.closesAt} exact></edpsych-time-ago> if nothing fails</dd>`
          : nothing
      }
      ${problem.flaps > 0 ? html`<dt>Came back</dt><dd>${problem.flaps === 1 ? 'once' : `${problem.flaps} times`} soon after it was resolved</dd>` : nothing}
      ${problem.acknowledgedAt ? html`<dt>Looked into</dt><dd>since <edpsych-time-ago .datetime=${problem.acknowledgedAt} exact></edpsych-time-ago></dd>` : nothing}
      ${
        problem.resolvedAt
          ? html`<dt>Resolved</dt><dd><edpsych-time-ago .datetime=${problem.resolvedAt} exact></edpsych-time-ago>${problem.resolvedBy === 'recovery' ? ', by itself after the connection had recovered' : ''}</dd>`
          : nothing
      }
      ${this.may('audit.read') ? html`<dt>Audit trail</dt><dd><a href="${this.base}/audit?q=${problem.id}">What people did about it</a>${problem.connectionId ? html`, <a href="${this.base}/audit?q=${problem.connectionId}">everything about the connection</a>` : nothing}</dd>` : nothing}
    </dl>`
  }

  private notes({ notes }: ConnectionProblemDetail): TemplateResult | typeof nothing {
    if (notes.length === 0) return nothing
    return html`<section class="card" aria-labelledby="notes">
      <h2 id="notes">What people said</h2>
      <ul class="plain">${notes.map(
        ({ at, by, act, note }) => html`<li class="entry">
          <div class="entry-head"><strong>${noteWords[act]}</strong><span>${this.names.get(by) ?? nothing}</span><edpsych-time-ago .datetime=${at} exact></edpsych-time-ago></div>
          ${note === '' ? nothing : html`<p>${note}</p>`}
        </li>`,
      )}</ul>
    </section>`
  }

  private evidence({ evidence }: ConnectionProblemDetail): TemplateResult {
    if (evidence.length === 0) return html`<p>No details were kept.</p>`
    return html`<ul class="plain">
      ${evidence.toReversed().map(
        ({ at, kind, detail }) => html`<li class="entry">
          <div class="entry-head"><strong>${kind.replaceAll(/[-_]/g, ' ')}</strong><edpsych-time-ago .datetime=${at} exact></edpsych-time-ago></div>
          <p>${detail}</p>
        </li>`,
      )}
    </ul>`
  }
}

customElements.define('edpsych-problem', ProblemElement)
