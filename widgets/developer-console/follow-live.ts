import type { ReactiveController, ReactiveControllerHost } from 'lit'

const askAgainMs = 5000

/** Reads again and again while the element is on the page and the page is looked at. */
class Follow implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly refresh: () => Promise<unknown>

  constructor(host: ReactiveControllerHost, refresh: () => Promise<unknown>) {
    this.refresh = refresh
    host.addController(this)
  }

  hostConnected(): void {
    this.timer ??= setInterval(() => {
      if (document.visibilityState === 'visible') void this.refresh()
    }, askAgainMs)
  }

  hostDisconnected(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}

export function followLive(
  host: ReactiveControllerHost,
  _topic: 'deliveries' | 'requests',
  refresh: () => Promise<unknown>,
): void {
  new Follow(host, refresh).hostConnected()
}
