import type { JWTPayload } from 'jose'
import { findTool, type Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type Launch, type Tool, useOnce } from '../state.ts'
import { claim } from './claim-names.ts'
import { type AddedContent, addContent, readContentItems } from './content-items.ts'
import { acceptedTypes } from './launch-message.ts'
import { verifyToolToken } from './tool-keys.ts'

export interface DeepLinkingOutcome {
  readonly launch: Launch
  readonly added: readonly AddedContent[]
  /** What the tool wants the teacher to read. */
  readonly message: string
  readonly errorMessage: string
}

const nonceMemoryMs = 24 * 3_600_000

/** Deep Linking §3.4: verifies the tool's response and adds what it brought to the course. */
export async function acceptDeepLinkingResponse(
  lms: Lms,
  launchId: string,
  token: string,
): Promise<DeepLinkingOutcome> {
  const launch = openLaunch(lms, launchId)
  const tool = findTool(lms, launch.toolId)
  if (token === '') throw rejected('the form has no field “JWT”')
  const claims = await verifyToolToken(lms, tool, token, {
    issuer: tool.clientId,
    audience: lms.issuer,
  })
  checkEnvelope(tool, launch, claims)
  checkNonce(lms, tool, claims)
  const items = readContentItems(claims[claim.contentItems], {
    types: acceptedTypes(lms),
    multiple: lms.state.settings.acceptMultiple,
  })

  // Between here and the end nothing is awaited, so two posts of one response cannot both add.
  if (launch.step === 'returned') throw alreadyReturned()
  const added = addContent(lms, tool, launch.courseId, items)
  launch.step = 'returned'
  await lms.changed()
  return {
    launch,
    added,
    message: textOf(claims[claim.message]),
    errorMessage: textOf(claims[claim.errorMessage]),
  }
}

function openLaunch(lms: Lms, id: string): Launch {
  const launch = lms.state.launches[id]
  if (launch?.kind !== 'deep-linking' || launch.expiresAt <= lms.now()) {
    throw new Refusal(
      404,
      'unknown_deep_linking_request',
      'This return address is unknown or too old. Please start again from the course.',
    )
  }
  if (launch.step === 'started') throw rejected('the tool answers before it was launched')
  if (launch.step === 'returned') throw alreadyReturned()
  return launch
}

const alreadyReturned = () =>
  new Refusal(409, 'already_returned', 'This choice was already brought back to the course.')

function checkEnvelope(tool: Tool, launch: Launch, claims: JWTPayload): void {
  const expected = [
    [claim.messageType, 'LtiDeepLinkingResponse'],
    [claim.version, '1.3.0'],
    [claim.deploymentId, tool.deploymentId],
    // Deep Linking §3.4.1: data must come back exactly as it was sent.
    [claim.data, launch.data],
  ] as const
  for (const [name, value] of expected) {
    if (claims[name] !== value) {
      throw rejected(`${name.replace(/^.*\//, '')} should be “${value}”`)
    }
  }
}

function checkNonce(lms: Lms, tool: Tool, { nonce }: JWTPayload): void {
  if (typeof nonce !== 'string' || nonce === '') throw rejected('nonce is missing')
  const now = lms.now()
  const key = `${tool.clientId} response ${nonce}`
  if (!useOnce(lms.state, key, now + nonceMemoryMs, now))
    throw rejected('its nonce was used before')
}

function rejected(reason: string): Refusal {
  return new Refusal(400, 'invalid_response', `The tool’s answer is not valid: ${reason}.`)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
