import type { PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import { failed, failedToReach, passed } from './test-step.ts'

const copyAgain = 'Copy the public keyset URL of the LMS again and save it here.'

/** Whether the keyset URL leads to keys with which launches can be checked (Security Framework §6.3). */
export async function testKeys(
  outgoing: Pick<Outgoing, 'request'>,
  platform: { readonly jwksUri: string },
): Promise<PlatformTestStep> {
  try {
    const answer = await outgoing.request({
      url: platform.jwksUri,
      purpose: 'lti.test.keys',
      headers: { accept: 'application/json' },
      retries: 0,
      ownBreaker: true,
    })
    if (answer.status !== 200) {
      return failed(
        'keys',
        `The public keyset URL answers with status ${answer.status}.`,
        copyAgain,
      )
    }
    const count = countSigningKeys(answer.text)
    if (count === null) {
      return failed('keys', 'The public keyset URL leads to something else than keys.', copyAgain)
    }
    if (count === 0) {
      return failed(
        'keys',
        'The LMS publishes no key with which a launch could be checked.',
        'Ask the provider of the LMS for a keyset with an RSA key that has a key id (kid).',
      )
    }
    return passed(
      'keys',
      `The LMS publishes ${count === 1 ? 'a key' : `${count} keys`} for launches.`,
    )
  } catch (error) {
    return failedToReach('keys', error, `${copyAgain} This server must be able to reach it.`)
  }
}

function countSigningKeys(text: string): number | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // A web page, for example.
    return null
  }
  const keys = (parsed as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) return null
  return keys.filter(isSigningKey).length
}

function isSigningKey(key: unknown): boolean {
  const { kty, kid, use = 'sig' } = (key ?? {}) as Record<string, unknown>
  return kty === 'RSA' && typeof kid === 'string' && use === 'sig'
}
