import { createLogger } from '../../backend/core/logging.ts'
import { platformContext } from '../../backend/core/platform-tenant.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import {
  type AuthModule,
  createAuthModule,
  ensureAccount,
  ensureFirstAdministrator,
} from '../../backend/modules/auth/index.ts'
import { createTenant, tenantsModule } from '../../backend/modules/tenants/index.ts'
import type { RoleName } from '../../shared/scopes.ts'
import { type ModuleServer, serveModules } from './module-server.ts'

export interface TestClock {
  now: Date
  advance(ms: number): void
}

export function testClock(start = '2026-11-23T09:00:00Z'): TestClock {
  return {
    now: new Date(start),
    advance(ms) {
      this.now = new Date(this.now.getTime() + ms)
    },
  }
}

export interface AuthServer extends ModuleServer {
  readonly clock: TestClock
  readonly auth: AuthModule
  readonly emitted: string[]
}

type Extra = Parameters<typeof serveModules>[0]

/** Sign-in, keys and tenants behind HTTP, with a clock that the test turns. */
export async function serveAuth(extra?: Extra): Promise<AuthServer> {
  const clock = testClock()
  const emitted: string[] = []
  let auth: AuthModule | undefined
  const server = await serveModules((settings) => {
    const more = extra?.(settings)
    auth = createAuthModule({
      settings,
      log: createLogger({ level: 'silent' }),
      now: () => clock.now,
      events: { emit: async (_ctx, type) => void emitted.push(type) },
    })
    return {
      modules: [auth, tenantsModule, ...(more?.modules ?? [])],
      bearer: [...auth.bearerAuthenticators, ...(more?.bearer ?? [])],
      session: (request) => auth?.authenticateSession(request) ?? Promise.resolve(undefined),
    }
  })
  if (!auth) throw new TypeError('serveModules did not build the modules')
  return { ...server, clock, auth, emitted }
}

export const password = 'heron lamp quilt orbit'

export interface School {
  readonly trustId: string
  readonly schoolId: string
  readonly otherId: string
}

let schools = 0

/** A trust with two schools, and nobody in them yet. */
export async function addSchools(): Promise<School> {
  await ensureFirstAdministrator({ now: new Date(), email: 'root@edpsych.example', password })
  const n = ++schools
  const trust = await createTenant(platformContext('test'), {
    name: `Trust ${n}`,
    slug: `trust-${n}`,
    kind: 'trust',
  })
  const below = systemContext(trust.id, 'test')
  const school = await createTenant(below, { name: `A ${n}`, slug: `a-${n}`, kind: 'school' })
  const other = await createTenant(below, { name: `B ${n}`, slug: `b-${n}`, kind: 'school' })
  return { trustId: trust.id, schoolId: school.id, otherId: other.id }
}

/** An account with the test password. */
export async function addStaff(tenantId: string, email: string, role: RoleName): Promise<void> {
  const ctx = systemContext(tenantId, 'test')
  await ensureAccount(ctx, { name: 'Ada Lovelace', email, role }, new Date(), password)
}
