import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { chosenTenant } from '../app/api.ts'
import { followTopic } from '../core/live.ts'

type Topic = 'deliveries' | 'requests'

const atMostEveryMs = 500

/** Reads again, soon after the first of a burst of news, while the element is on the page. */
class Follow implements ReactiveController {
  private aborter: AbortController | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly topic: Topic
  private readonly refresh: () => Promise<unknown>

  constructor(host: ReactiveControllerHost, topic: Topic, refresh: () => Promise<unknown>) {
    this.topic = topic
    this.refresh = refresh
    host.addController(this)
  }

  hostConnected(): void {
    if (this.aborter) return
    const aborter = new AbortController()
    this.aborter = aborter
    const tenantId = chosenTenant()
    void followTopic(this.topic, this.onNews, {
      signal: aborter.signal,
      onGap: this.onNews,
      ...(tenantId === null ? {} : { tenantId }),
    })
  }

  hostDisconnected(): void {
    this.aborter?.abort()
    this.aborter = undefined
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private readonly onNews = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void this.refresh()
    }, atMostEveryMs)
  }
}

/** Keeps what an element shows up to date with a live topic. */
export function followLive(
  host: ReactiveControllerHost,
  topic: Topic,
  refresh: () => Promise<unknown>,
): void {
  new Follow(host, topic, refresh).hostConnected()
}
