import type { TokenSealer } from '../../core/secrets/index.ts'
import { digest } from './digest.ts'

export const parameterNames = [
  'iss',
  'login_hint',
  'target_link_uri',
  'client_id',
  'lti_deployment_id',
  'deployment_id',
  'lti_message_hint',
  'lti_storage_target',
] as const
export type ParameterName = (typeof parameterNames)[number]
export type LoginParameters = Readonly<Partial<Record<ParameterName, string>>>

/** One login, from its initiation to its launch. The browser carries it as its sealed `state`; nothing is stored. */
export interface Login {
  /** Of the launch that this login may become: it exists once, so the state is used once. */
  readonly launchId: string
  /** Digest of the secret that only the browser of this login holds. */
  readonly bindingDigest: string
  readonly expiresAt: Date
  readonly parameters: LoginParameters
}

/** A login as its state tells it. */
export interface KnownLogin extends Login {
  readonly nonce: string
  readonly issuer: string
  readonly clientId: string | undefined
  readonly targetLinkUri: string
  readonly deploymentHint: string | null
  readonly storageTarget: string | null
  /** Whether the hints are still there, without which the same login cannot be begun again. */
  readonly isRepeatable: boolean
}

/**
 * The state travels in an address beside the hints it holds, and some LMSs cut addresses after 4096 characters.
 * A longer one goes without the hints, whose only use here is to begin the same login in another window.
 */
const mostStateCharacters = 1800
const hints: readonly ParameterName[] = ['login_hint', 'lti_message_hint']

type Fields = [id: string, binding: string, expires: number, parameters: (string | null)[]]

export function sealState(sealer: TokenSealer, login: Login): string {
  const whole = sealer.seal(write(login, parameterNames))
  if (whole.length <= mostStateCharacters) return whole
  return sealer.seal(
    write(
      login,
      parameterNames.filter((name) => !hints.includes(name)),
    ),
  )
}

/** Null: this installation did not give the state out. Expired ones open too, so that their refusal can say so. */
export function openState(sealer: TokenSealer, state: string): KnownLogin | null {
  const text = sealer.open(state)
  if (text === null) return null
  // Sealed by this module, as nobody else can.
  const [launchId, bindingDigest, expiresAt, values] = JSON.parse(text) as Fields
  const parameters: Partial<Record<ParameterName, string>> = {}
  for (const [index, name] of parameterNames.entries()) {
    const value = values[index]
    if (typeof value === 'string') parameters[name] = value
  }
  return {
    launchId,
    bindingDigest,
    expiresAt: new Date(expiresAt),
    parameters,
    nonce: nonceOf(state),
    issuer: parameters.iss ?? '',
    clientId: parameters.client_id,
    targetLinkUri: parameters.target_link_uri ?? '',
    deploymentHint: deploymentHintOf(parameters),
    storageTarget: parameters.lti_storage_target ?? null,
    isRepeatable: parameters.login_hint !== undefined,
  }
}

/** OpenID Connect Core §15.5.2: a nonce made of what the session keeps needs no place of its own. */
export function nonceOf(state: string): string {
  return digest(`nonce of ${state}`)
}

/** Canvas names the deployment by the shorter word. */
export function deploymentHintOf(parameters: LoginParameters): string | null {
  return parameters.lti_deployment_id ?? parameters.deployment_id ?? null
}

function write(login: Login, kept: readonly ParameterName[]): string {
  const values = parameterNames.map((name) =>
    kept.includes(name) ? (login.parameters[name] ?? null) : null,
  )
  const { launchId, bindingDigest, expiresAt } = login
  const fields: Fields = [launchId, bindingDigest, expiresAt.getTime(), values]
  return JSON.stringify(fields)
}
