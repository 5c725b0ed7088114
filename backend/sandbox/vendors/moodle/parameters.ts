import type { Vendor } from '../vendor.ts'

export type Parameters = ReadonlyMap<string, string>
export type Run = (vendor: Vendor, parameters: Parameters) => unknown

/** `courseids[0]=2&courseids[1]=3` as values. */
export function listOf(parameters: Parameters, prefix: string): string[] {
  return [...parameters].filter(([name]) => name.startsWith(`${prefix}[`)).map(([, value]) => value)
}

/** `options[0][name]=limitfrom&options[0][value]=0` as name and value. */
export function optionsOf(parameters: Parameters): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, name] of parameters) {
    const index = key.match(/^options\[(\d+)\]\[name\]$/)?.[1]
    const value = index === undefined ? undefined : parameters.get(`options[${index}][value]`)
    if (value !== undefined) found.set(name, value)
  }
  return found
}
