import { apiChanges } from '../../../shared/api/changes.ts'
import type { Deprecation, Route } from '../../../shared/api/contract.ts'
import type { Me } from '../../../shared/api/limits.ts'
import { versionsApi } from '../../../shared/api/version-history.ts'
import { apiVersions, latestVersion } from '../../../shared/api/versions.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'

interface CallerCount {
  readonly operation: string
  readonly credentialKind: string
  readonly credentialId: string
  readonly count: number
  readonly lastDay: string
}

interface VersionsDeps {
  /** Every operation of the server. */
  contract(): Readonly<Record<string, Route>>
  /** Who called these operations in the last 90 days. */
  callersOf(ctx: TenantContext, operations: readonly string[]): Promise<readonly CallerCount[]>
  describeCaller(ctx: TenantContext): Me
}

/** What changes between versions, what will end, and whom that concerns. */
export function createVersionsModule(deps: VersionsDeps): Module<typeof versionsApi> {
  function deprecated(): Map<string, Deprecation> {
    return new Map(
      Object.entries(deps.contract()).flatMap(([operation, route]) =>
        route.deprecated ? [[operation, route.deprecated] as const] : [],
      ),
    )
  }

  async function listCallers(ctx: TenantContext) {
    const ends = deprecated()
    const callers = await deps.callersOf(ctx, [...ends.keys()])
    return callers.map(({ operation, credentialKind, credentialId, count, lastDay }) => ({
      operation,
      sunset: ends.get(operation)?.sunset ?? '',
      credential: { kind: credentialKind, id: credentialId },
      calls: count,
      lastCalledOn: lastDay,
    }))
  }

  return defineModule({
    name: 'versions',
    contract: versionsApi,
    handlers: {
      'GET /api/v1/versions': async () => ({ data: describeVersions(), nextCursor: null }),
      'GET /api/v1/deprecations': async () => ({
        data: [...deprecated()].map(describeEnd),
        nextCursor: null,
      }),
      'GET /api/v1/deprecations/callers': async (ctx) => ({
        data: await listCallers(ctx),
        nextCursor: null,
      }),
      'GET /api/v1/whoami': async (ctx) => deps.describeCaller(ctx),
    },
  })
}

function describeVersions() {
  return apiVersions.map((version) => ({
    version,
    latest: version === latestVersion,
    changes: apiChanges
      .filter((change) => change.version === version)
      .map(({ summary, operations }) => ({ summary, operations: [...operations] })),
  }))
}

function describeEnd([operation, end]: readonly [string, Deprecation]) {
  const { since, sunset, successor, reason, brownOuts = [] } = end
  return { operation, since, sunset, successor, reason, brownOuts: [...brownOuts] }
}
