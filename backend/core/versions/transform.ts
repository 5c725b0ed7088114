import { type ApiChange, apiChanges } from '../../../shared/api/changes.ts'
import { latestVersion } from '../../../shared/api/versions.ts'

export interface Transforms {
  /** A body as the newest version knows it. */
  upgrade(operation: string, version: string, body: unknown): unknown
  /** An answer as callers of that version know it. */
  downgrade(operation: string, version: string, answer: unknown): unknown
}

/** Leads between dated versions, one change at a time; the code itself knows the newest only. */
export function createTransforms(changes: readonly ApiChange[], latest: string): Transforms {
  const byOperation = new Map<string, ApiChange[]>()
  const newestFirst = [...changes].sort((a, b) => (a.version < b.version ? 1 : -1))
  for (const change of newestFirst) {
    for (const operation of change.operations) {
      byOperation.set(operation, [...(byOperation.get(operation) ?? []), change])
    }
  }

  function changesSince(operation: string, version: string): ApiChange[] {
    return (byOperation.get(operation) ?? []).filter((change) => change.version > version)
  }

  return {
    upgrade(operation, version, body) {
      if (version === latest || !isData(body)) return body
      let upgraded = body
      for (const { upgradeBody } of changesSince(operation, version).reverse()) {
        if (upgradeBody) upgraded = upgradeBody(upgraded)
      }
      return upgraded
    },
    downgrade(operation, version, answer) {
      if (version === latest || !isData(answer)) return answer
      let downgraded = answer
      for (const { downgradeAnswer } of changesSince(operation, version)) {
        if (downgradeAnswer) downgraded = downgradeAnswer(downgraded)
      }
      return downgraded
    },
  }
}

function isData(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The changes of this API. */
export const transforms = createTransforms(apiChanges, latestVersion)
