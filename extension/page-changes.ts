/** Calls back after each change of address without a load: `pushState`, back, forward. */
export function onAddressChange(callback: () => void, signal: AbortSignal): void {
  if ('navigation' in globalThis) {
    navigation.addEventListener('currententrychange', callback, { signal })
    return
  }
  // A content script cannot see the page call `pushState`; without the Navigation API it must look.
  let last = location.href
  const timer = setInterval(() => {
    if (location.href === last) return
    last = location.href
    callback()
  }, 500)
  signal.addEventListener('abort', () => clearInterval(timer))
}
