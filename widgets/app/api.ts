import type { z } from 'zod'
import type { StaffSession as StaffSessionSchema } from '../../shared/api/access.ts'
import { ApiError, type Client, createClient } from '../../shared/api/client.ts'
import { proveSignIn } from './prove-sign-in.ts'

export type StaffSession = z.output<typeof StaffSessionSchema>

const tenantKey = 'edpsych-tenant'

let csrfToken = ''

/** The organisation chosen in this tab; another tab may work for another one. */
export function chosenTenant(): string | null {
  return sessionStorage.getItem(tenantKey)
}

export function chooseTenant(id: string): void {
  sessionStorage.setItem(tenantKey, id)
}

/** The API as the signed-in member of staff: session cookie, CSRF token, chosen organisation. */
const call: Client = createClient({
  baseUrl: location.origin,
  headers() {
    const tenantId = chosenTenant()
    return {
      ...(csrfToken ? { 'x-edpsych-csrf': csrfToken } : {}),
      ...(tenantId ? { 'edpsych-tenant': tenantId } : {}),
    }
  },
})

/** Asks for the password where something is sensitive and the sign-in was a while ago, then goes on. */
export const api: Client = async (key, input) => {
  try {
    return await call(key, input)
  } catch (error) {
    const isStale = error instanceof ApiError && error.code === 'fresh_sign_in_required'
    if (!isStale || !(await proveSignIn(givePassword))) throw error
    return call(key, input)
  }
}

async function givePassword(password: string): Promise<string | undefined> {
  try {
    await call('POST /api/v1/session/confirmation', { body: { password } })
    return undefined
  } catch (error) {
    return sentenceOf(error)
  }
}

/** Who is signed in; `undefined` when nobody is. */
export async function loadSession(): Promise<StaffSession | undefined> {
  try {
    const session = await api('GET /api/v1/session', {})
    csrfToken = session.csrfToken
    return session
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined
    if (error instanceof ApiError && error.status === 404 && chosenTenant()) {
      sessionStorage.removeItem(tenantKey)
      return loadSession()
    }
    throw error
  }
}

/** What a person should read of a failure. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) {
    const fields = error.errors.map(
      ({ pointer, detail }) => `${pointer.replace('#/', '')}: ${detail}`,
    )
    const text = fields.length > 0 ? fields.join('. ') : error.message
    return error.requestId && error.status >= 500 ? `${text} (reference ${error.requestId})` : text
  }
  if (error instanceof TypeError)
    return 'The server cannot be reached. Check your connection and try again.'
  return error instanceof Error ? error.message : String(error)
}
