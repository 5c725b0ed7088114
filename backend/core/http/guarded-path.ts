import type { Contract } from '../../../shared/api/contract.ts'

/** The address of the object whose tag `If-Match` of a write is compared with; undefined where it can have none. */
export function guardedPathOf(path: string, contract: Contract): string | undefined {
  const object = /^.*\/:\w+(?=(?:\/[\w-]+)?$)/.exec(path)?.[0]
  return object !== undefined && `GET ${object}` in contract ? object : undefined
}
