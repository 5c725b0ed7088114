import { randomUUID } from 'node:crypto'
import type { PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import type { Outgoing, OutgoingResponse } from '../../../core/outgoing/index.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import { serviceScopes } from './scopes.ts'
import { failed, failedToReach, passed } from './test-step.ts'

export interface TokenTestDeps {
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly keys: Pick<SigningKeys, 'sign'>
  readonly clock: () => Date
  readonly publicUrl: string
}

interface Client {
  readonly clientId: string
  readonly tokenEndpoint: string
}

const assertionLifeSeconds = 300
const asked = serviceScopes.slice(0, 5)

/** Whether the LMS knows this tool by its keys, and what it allows it (Security Framework §4.1). */
export async function testToken(deps: TokenTestDeps, client: Client): Promise<PlatformTestStep> {
  try {
    const all = asked.map(({ scope }) => scope)
    const answer = await askToken(deps, client, all)
    if (errorOf(answer) !== 'invalid_scope') return judge(deps, answer, all)
    // Some LMSs refuse the whole request for one service they do not allow.
    const allowed: string[] = []
    for (const scope of all) {
      const one = await askToken(deps, client, [scope])
      if (isGranted(one)) allowed.push(scope)
    }
    return known(allowed)
  } catch (error) {
    return failedToReach(
      'token',
      error,
      'Copy the access token URL of the LMS again and save it here.',
    )
  }
}

function judge(deps: TokenTestDeps, answer: OutgoingResponse, all: string[]): PlatformTestStep {
  if (isGranted(answer)) {
    const granted = /"scope"\s*:\s*"([^"]*)"/.exec(answer.text)?.[1]
    return known(granted === undefined ? all : granted.split(/\s+/))
  }
  const error = errorOf(answer)
  if (error === 'invalid_client' || answer.status === 401) {
    return failed(
      'token',
      'The LMS does not recognise this tool.',
      `Compare the client ID letter by letter. The LMS must have ${deps.publicUrl}/lti/jwks as the public keyset URL of this tool, and must be able to reach it.`,
    )
  }
  const reason = error === null ? `status ${answer.status}` : error
  return failed(
    'token',
    `The access token URL answers with ${reason}.`,
    answer.status === 404
      ? 'Copy the access token URL of the LMS again and save it here.'
      : 'Check that the tool is switched on in the LMS, then compare the client ID and the access token URL.',
  )
}

function known(allowed: readonly string[]): PlatformTestStep {
  const labels = (isAllowed: boolean) =>
    asked.filter(({ scope }) => allowed.includes(scope) === isAllowed).map(({ label }) => label)
  const missing = labels(false)
  const found = labels(true)
  const summary =
    found.length === 0
      ? 'The LMS recognises this tool but allows it no service.'
      : `The LMS recognises this tool and allows ${found.join(', ')}.`
  if (missing.length === 0) return passed('token', summary)
  return passed(
    'token',
    summary,
    `Not allowed: ${missing.join(', ')}. Switch the services on in the tool’s settings in the LMS if you want to use them.`,
  )
}

async function askToken(
  { outgoing, keys, clock }: TokenTestDeps,
  client: Client,
  scopes: readonly string[],
): Promise<OutgoingResponse> {
  const issuedAt = Math.floor(clock().getTime() / 1000)
  const assertion = await keys.sign({
    iss: client.clientId,
    sub: client.clientId,
    aud: client.tokenEndpoint,
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + assertionLifeSeconds,
  })
  return outgoing.request({
    url: client.tokenEndpoint,
    purpose: 'lti.test.token',
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: scopes.join(' '),
    }).toString(),
    ownBreaker: true,
  })
}

function isGranted({ status, text }: OutgoingResponse): boolean {
  return (status === 200 || status === 201) && /"access_token"\s*:\s*"[^"]/.test(text)
}

function errorOf({ text }: OutgoingResponse): string | null {
  return /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text)?.[1] ?? null
}
