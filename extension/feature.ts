import type { Send } from './messages.ts'
import { onAddressChange } from './page-changes.ts'

export interface FeatureContext {
  readonly client: Send
  /** Aborted when the page is left, also within a single-page application: that is all the clean-up there is. */
  readonly signal: AbortSignal
}

export interface Feature {
  readonly id: string
  /** Whether the feature runs on the page at this address. */
  matches(address: string): boolean
  init(context: FeatureContext): void
}

export function defineFeature(feature: Feature): Feature {
  return feature
}

/** Starts the features that match the page and restarts them whenever its path changes. */
export function runFeatures(
  features: readonly Feature[],
  { client, signal }: { client: Send; signal: AbortSignal },
): void {
  let path: string | undefined
  let page = new AbortController()

  const visit = () => {
    if (location.pathname === path) return
    path = location.pathname
    page.abort()
    page = new AbortController()
    const context = { client, signal: AbortSignal.any([page.signal, signal]) }
    for (const feature of features) {
      if (feature.matches(location.href)) feature.init(context)
    }
  }

  onAddressChange(visit, signal)
  visit()
}
