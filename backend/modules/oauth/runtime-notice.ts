/**
 * oidc-provider prints a warning when it is loaded on Node 20, where our tests run it; whoever starts the server can do
 * nothing with that line. Import this first and end it when the library has been loaded.
 */
const { warn } = console

console.warn = (...parts: unknown[]) => {
  if (!String(parts[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...parts)
}

export function endRuntimeNotice(): void {
  console.warn = warn
}
