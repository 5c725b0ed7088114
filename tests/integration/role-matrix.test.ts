import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platformContext } from '../../backend/core/platform-tenant.ts'
import { ensureAccount } from '../../backend/modules/auth/index.ts'
import type { Route } from '../../shared/api/contract.ts'
import { api } from '../../shared/api/index.ts'
import { allScopes, roleNames, roles } from '../../shared/scopes.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { roleLetters, roleMatrix } from '../support/role-matrix.ts'
import { createStaffBrowser } from '../support/staff-browser.ts'

const password = 'heron lamp quilt orbit'
let app: TestApp
let school: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Matrix School')
})
afterAll(() => app.stop())

const actions = (Object.entries(api) as [string, Route][]).filter(
  ([, { access, scope }]) => scope !== undefined && access === 'tenant',
)

describe('the roles', () => {
  it('hold exactly the rights of the agreed table', () => {
    const actual = Object.fromEntries(
      allScopes.map((scope) => [
        scope,
        roleNames
          .filter((role) => roles[role].scopes.some((held) => held === scope))
          .map((role) => roleLetters[role])
          .join(''),
      ]),
    )

    expect(actual).toEqual(roleMatrix)
  })

  it('leave no action without a right that the table knows', () => {
    const unknown = actions.filter(([, { scope = '' }]) => roleMatrix[scope] === undefined)

    expect(unknown.map(([key]) => key)).toEqual([])
    expect(actions.length).toBeGreaterThan(100)
  })
})

describe.each(roleNames)('%s', (role) => {
  it('is let through to its actions and to no other', async () => {
    const ctx = role === 'platform-admin' ? platformContext('test') : school.ctx
    const email = `${role}@matrix.example`
    await ensureAccount(ctx, { name: 'Sam Staff', email, role }, new Date(), password)
    const browser = createStaffBrowser(app.url)
    await browser.signIn(email, password)
    const letter = roleLetters[role]

    const wrong: string[] = []
    for (const [key, { scope = '', upload }] of actions) {
      const isGet = key.startsWith('GET ')
      const answer = await browser.call(key.replace(/:\w+/g, 'none'), {
        // Nothing that could be done: the right is looked at before the body.
        ...(isGet ? {} : { body: { nothing: 'to do' } }),
        ...(upload ? { headers: { 'content-type': 'text/plain' } } : {}),
      })
      const isRefused = answer.status === 403 && answer.body.code === 'insufficient_scope'
      if (isRefused === roleMatrix[scope]?.includes(letter)) wrong.push(`${key}: ${answer.status}`)
    }

    expect(wrong).toEqual([])
  }, 120_000)
})
