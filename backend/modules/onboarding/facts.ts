import type { TenantSummary } from '../../../shared/api/access.ts'
import type { EffectiveSetting } from '../../../shared/api/settings.ts'
import type { ConnectionState } from '../../../shared/connection-states.ts'

/** What an organisation has at this moment, as far as setting it up is concerned. */
export interface Facts {
  readonly organisation: TenantSummary
  readonly settings: readonly EffectiveSetting[]
  /** Accounts that can be used and have the role of an administrator in the organisation itself. */
  readonly administrators: number
  readonly connections: readonly { readonly state: ConnectionState; readonly count: number }[]
  readonly platforms: number
  /** Links in courses that open something. */
  readonly placements: number
  readonly people: number
  readonly classes: number
  /** Ways that alerts take and that are switched on. */
  readonly routes: readonly {
    readonly name: string
    readonly kind: string
    /** Came with the product: nobody chose it. */
    readonly isDefault: boolean
  }[]
}

/** Where facts come from; each answers for one organisation. */
export interface FactSources {
  settingsOf(tenantId: string): Promise<readonly EffectiveSetting[]>
  countAdministrators(tenantId: string): Promise<number>
  countConnections(tenantId: string): Promise<Facts['connections']>
  countPlacements(tenantId: string): Promise<Pick<Facts, 'platforms' | 'placements'>>
  countPeople(tenantId: string): Promise<Pick<Facts, 'people' | 'classes'>>
  routesOf(tenantId: string): Promise<Facts['routes']>
}

/** Looks at everything anew. */
export async function gatherFacts(
  organisation: TenantSummary,
  sources: FactSources,
): Promise<Facts> {
  const { id } = organisation
  const [settings, administrators, connections, placements, people, routes] = await Promise.all([
    sources.settingsOf(id),
    sources.countAdministrators(id),
    sources.countConnections(id),
    sources.countPlacements(id),
    sources.countPeople(id),
    sources.routesOf(id),
  ])
  return { organisation, settings, administrators, connections, ...placements, ...people, routes }
}
