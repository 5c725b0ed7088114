import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Candidate, CandidatePage, Question } from './candidate.ts'

type Find = (question: Question, signal: AbortSignal) => Promise<CandidatePage>

/** The results of a search, page by page; a newer search makes an older one forgotten. */
export class CandidateList implements ReactiveController {
  candidates: readonly Candidate[] = []
  isLoading = false
  hasMore = false
  error: unknown
  private cursor: string | undefined
  private question: Question = { kind: 'item', words: '', cursor: undefined }
  private search = new AbortController()
  private readonly host: ReactiveControllerHost
  private readonly find: Find

  constructor(host: ReactiveControllerHost, find: Find) {
    this.host = host
    this.find = find
    host.addController(this)
  }

  hostDisconnected(): void {
    this.search.abort()
  }

  /** Resolves with whether these results are still the ones wanted and could be had. */
  async start(question: Omit<Question, 'cursor'>): Promise<boolean> {
    if (question.kind !== this.question.kind) this.candidates = []
    this.question = { ...question, cursor: undefined }
    return this.load()
  }

  async more(): Promise<boolean> {
    this.question = { ...this.question, cursor: this.cursor }
    return this.load()
  }

  async again(): Promise<boolean> {
    return this.load()
  }

  private async load(): Promise<boolean> {
    this.search.abort()
    this.search = new AbortController()
    const { signal } = this.search
    this.isLoading = true
    this.error = undefined
    this.host.requestUpdate()
    try {
      const page = await this.find(this.question, signal)
      if (signal.aborted) return false
      this.candidates =
        this.question.cursor === undefined
          ? page.candidates
          : [...this.candidates, ...page.candidates]
      this.cursor = page.nextCursor ?? undefined
      this.hasMore = page.nextCursor !== null
    } catch (error) {
      if (signal.aborted) return false
      this.error = error
    }
    this.isLoading = false
    this.host.requestUpdate()
    return this.error === undefined
  }
}
