import { ConnectorError, type OAuthTokens, type TokenSource } from '../../connector-kit/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsAccess, OpenConnection } from '../connections/index.ts'
import { deletePerson, findPerson, savePerson } from './person-store.ts'

const idOf = (connectionId: string, userId: string): string => `${connectionId}/${userId}`
const fieldOf = (id: string): string => `classroom.person.${id}.refresh`
const usualLifeSeconds = 3600
/** A token is used for nine tenths of its life. */
const usedShare = 0.9
const mostKept = 10_000

export interface PeopleDeps {
  readonly connections: Pick<ConnectionsAccess, 'openAs'>
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly now: () => Date
}

export interface OpenAsOptions {
  readonly purpose: string
  readonly signal: AbortSignal
}

/** Consents of single persons: kept sealed, used to act as they would. */
export function createPeople({ connections, secrets, now }: PeopleDeps) {
  const access = new Map<string, { readonly token: string; readonly until: number }>()

  function remember(id: string, { accessToken, expiresInSeconds = usualLifeSeconds }: OAuthTokens) {
    if (access.size >= mostKept) access.clear()
    const until = now().getTime() + expiresInSeconds * 1000 * usedShare
    access.set(id, { token: accessToken, until })
    return accessToken
  }

  async function refreshed(
    ctx: TenantContext,
    connectionId: string,
    userId: string,
    options: OpenAsOptions,
  ): Promise<string> {
    const id = idOf(connectionId, userId)
    const row = await findPerson(ctx, id)
    if (row === null) throw noConsent()
    const refreshToken = await secrets.decrypt(ctx, fieldOf(id), row.sealedRefreshToken)
    const { connector, context } = await connections.openAs(ctx, connectionId, options, null)
    if (!connector.oauth) throw noConsent()
    try {
      return remember(id, await connector.oauth.refresh(context, refreshToken))
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'reauthorise') throw error
      // Only this very consent: a newer one may have come meanwhile.
      await deletePerson(ctx, row)
      throw noConsent()
    }
  }

  return {
    /** Keeps what a sign-in brought; true where there is a lasting consent now. */
    async keep(
      ctx: TenantContext,
      connectionId: string,
      userId: string,
      tokens: OAuthTokens,
    ): Promise<boolean> {
      const id = idOf(connectionId, userId)
      remember(id, tokens)
      if (!tokens.refreshToken) return (await findPerson(ctx, id)) !== null
      const sealedRefreshToken = await secrets.encrypt(ctx, fieldOf(id), tokens.refreshToken)
      await savePerson(ctx, { id, connectionId, sealedRefreshToken })
      return true
    },
    /** For one visit: the token that was just given. */
    openWith: (
      ctx: TenantContext,
      connectionId: string,
      { accessToken }: OAuthTokens,
      options: OpenAsOptions,
    ): Promise<OpenConnection> => connections.openAs(ctx, connectionId, options, once(accessToken)),
    /** Acts as somebody who consented before; throws `reauthorise` where that is over. */
    open(
      ctx: TenantContext,
      connectionId: string,
      userId: string,
      options: OpenAsOptions,
    ): Promise<OpenConnection> {
      const id = idOf(connectionId, userId)
      const source: TokenSource = {
        async get() {
          const known = access.get(id)
          if (known && known.until > now().getTime()) return known.token
          return refreshed(ctx, connectionId, userId, options)
        },
        replace(refused) {
          if (access.get(id)?.token === refused) access.delete(id)
          return source.get()
        },
      }
      return connections.openAs(ctx, connectionId, options, source)
    },
  }
}

export type People = ReturnType<typeof createPeople>

function once(token: string): TokenSource {
  return {
    get: async () => token,
    replace: () => Promise.reject(noConsent()),
  }
}

export function noConsent(): ConnectorError {
  return new ConnectorError(
    'reauthorise',
    'The consent of the teacher has ended. When a teacher of the class opens the activity in Google Classroom once more, send the grade again.',
    { code: 'invalid_grant' },
  )
}
