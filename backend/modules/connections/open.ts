import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import {
  type Connector,
  type ConnectorContext,
  ConnectorError,
  createConnectorHttp,
  createGate,
  createTokenCache,
  type Gate,
  type TokenSource,
} from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { mustFind, within } from './change.ts'
import { readCredentials } from './credentials.ts'
import type { OpenConnection, OpenOptions } from './definition.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustHaveConnector } from './find-connector.ts'
import type { Observers } from './observers.ts'
import { capabilityNames, showConnection } from './show.ts'
import { isWorking } from './states.ts'
import type { ConnectionRow } from './store.ts'

type Values = Readonly<Record<string, unknown>>
export type AnyContext = ConnectorContext<Record<string, unknown>, Record<string, unknown>>

export interface Target {
  readonly connector: Connector
  readonly tenantId: string
  readonly connectionId: string
  readonly config: Values
  readonly credentials: Values
  readonly requestId?: string
}

const mostGates = 50_000

/** Makes the contexts in which connectors run: client, sign-in, breaker and log of one connection. */
export function createOpener(deps: ConnectionsDeps, observers: Observers) {
  const gates = new Map<string, Gate>()
  const tokens = createTokenCache({ now: Date.now })

  function gateOf({ connectionId, tenantId, connector }: Target): Gate {
    const known = gates.get(connectionId)
    if (known) return known
    const gate = createGate({
      now: Date.now,
      onAct: (act, cause, forMs) =>
        observers.gated({
          tenantId,
          connectionId,
          connectorId: connector.id,
          act,
          cause,
          forMs,
          at: new Date(),
        }),
    })
    gates.set(connectionId, gate)
    const [oldest] = gates.keys()
    if (gates.size > mostGates && oldest !== undefined) gates.delete(oldest)
    return gate
  }

  /** Settings and credentials must be whole. `token`: absent for calls that fetch one. */
  function contextOf(
    target: Target,
    options: OpenOptions,
    token: TokenSource | undefined,
  ): AnyContext {
    const { connector, tenantId, connectionId } = target
    const config = whole(connector.config, target.config, 'settings')
    const credentials = whole(connector.credentials, target.credentials, 'credentials')
    const secrets = Object.values(credentials).filter((value) => typeof value === 'string')
    const { signal, purpose } = options
    const http = createConnectorHttp({
      send: deps.outgoing.request,
      base: (accessToken) => connector.base({ config, credentials, accessToken }),
      ...(connector.looksWrong && { looksWrong: connector.looksWrong }),
      ...(token && { token }),
      gate: gateOf(target),
      signal,
      purpose,
      secrets,
      ...(target.requestId !== undefined && { requestId: target.requestId }),
      observe: (exchange) =>
        observers.exchanged({
          ...exchange,
          tenantId,
          connectionId,
          connectorId: connector.id,
          purpose,
        }),
      now: Date.now,
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      ...(options.retries !== undefined && { retries: options.retries }),
    })
    const log = {
      info: (data: object, message: string) => deps.log.info({ ...data, connectionId }, message),
      warn: (data: object, message: string) => deps.log.warn({ ...data, connectionId }, message),
    }
    return { tenantId, connectionId, config, credentials, http, signal, log, now: deps.now }
  }

  /** Tokens of client credentials, shared by everything this process does with the same settings. */
  function cachedToken(target: Target, options: OpenOptions): TokenSource | undefined {
    const { token } = target.connector
    if (!token) return undefined
    const facts = JSON.stringify([target.config, target.credentials])
    const key = `${target.connectionId}:${createHash('sha256').update(facts).digest('base64url')}`
    const get = () => tokens.get(key, () => token.fetch(contextOf(target, options, undefined)))
    return {
      get,
      replace(refused) {
        tokens.forget(key, refused)
        return get()
      },
    }
  }

  return {
    /** A context for values that need not be on record; `consent` where a person has consented. */
    use: (target: Target, options: OpenOptions, consent?: TokenSource): AnyContext =>
      contextOf(target, options, consent ?? cachedToken(target, options)),
    /** Without a token: for calls that fetch one. */
    signingIn: (target: Target, options: OpenOptions): AnyContext =>
      contextOf(target, options, undefined),
    async targetOf(row: ConnectionRow, requestId?: string): Promise<Target> {
      return {
        connector: mustHaveConnector(deps, row.connectorId),
        tenantId: row.tenantId,
        connectionId: row._id,
        config: row.config,
        credentials: await readCredentials(row, deps),
        ...(requestId !== undefined && { requestId }),
      }
    },
    /** The breaker of a connection whose settings were corrected starts anew. */
    forget: (connectionId: string) => void gates.delete(connectionId),
  }
}

export type Opener = ReturnType<typeof createOpener>

function whole(schema: z.ZodObject, values: Values, what: string): Record<string, unknown> {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const names = parsed.error.issues.map(({ path: [name] }) => {
    const field = schema.shape[String(name)] as z.ZodType | undefined
    return field?.meta()?.title ?? String(name)
  })
  throw new ConnectorError(
    'reject',
    `The ${what} are not complete. Fill in: ${[...new Set(names)].join(', ')}.`,
    { code: 'invalid_settings' },
  )
}

/** `open` and `withCapability` of `ConnectionsAccess`. */
export function createAccess(
  deps: ConnectionsDeps,
  opener: Opener,
  consentOf: (row: ConnectionRow, options: OpenOptions) => TokenSource | undefined,
) {
  async function openRow(
    ctx: TenantContext,
    row: ConnectionRow,
    options: OpenOptions,
  ): Promise<OpenConnection> {
    const target = await opener.targetOf(row, ctx.requestId)
    return {
      connector: target.connector,
      context: opener.use(target, options, consentOf(row, options)),
      connection: showConnection(row, deps),
    }
  }

  async function open(
    ctx: TenantContext,
    connectionId: string,
    options: OpenOptions,
  ): Promise<OpenConnection> {
    const { row, own } = await working(ctx, connectionId)
    return openRow(own, row, options)
  }

  async function working(ctx: TenantContext, connectionId: string) {
    const row = await mustFind(ctx, connectionId, deps)
    if (!isWorking(row.state)) {
      throw new AppError(
        'connection_not_in_use',
        `The connection "${row.name}" is not in use (${row.state}); activate or resume it first`,
      )
    }
    return { row, own: within(ctx, row) }
  }

  return {
    open,
    openRow,
    async openAs(
      ctx: TenantContext,
      connectionId: string,
      options: OpenOptions,
      token: TokenSource | null,
    ): Promise<OpenConnection> {
      const { row, own } = await working(ctx, connectionId)
      const target = await opener.targetOf(row, own.requestId)
      return {
        connector: target.connector,
        context: token ? opener.use(target, options, token) : opener.signingIn(target, options),
        connection: showConnection(row, deps),
      }
    },
    async withCapability<T>(
      ctx: TenantContext,
      connectionId: string,
      capability: string,
      use: (opened: OpenConnection) => Promise<T>,
      options: Partial<OpenOptions> = {},
    ): Promise<T> {
      const opened = await open(ctx, connectionId, {
        purpose: capability,
        signal: new AbortController().signal,
        ...options,
      })
      if (!capabilityNames(opened.connector).includes(capability)) {
        throw new ConnectorError(
          'unsupported',
          `${opened.connector.name} offers no "${capability}".`,
        )
      }
      return use(opened)
    },
  }
}
