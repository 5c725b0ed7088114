import { AppError } from '../../../../shared/errors.ts'
import { frontDoorPath } from '../../../../shared/lti.ts'
import { type Claims, claim } from '../claim-names.ts'
import type { MessageType } from './message-type.ts'

/** LTI 1.3 §4.1.2: a login may only lead to an address of this tool, or it would be an open redirect. */
export function checkLoginTarget(targetLinkUri: string, publicUrl: string): void {
  const url = URL.canParse(targetLinkUri) ? new URL(targetLinkUri) : undefined
  const isOurs =
    url !== undefined &&
    url.origin === new URL(publicUrl).origin &&
    url.username === '' &&
    url.password === '' &&
    (url.pathname === frontDoorPath || url.pathname.startsWith(`${frontDoorPath}/`))
  if (!isOurs) {
    throw new AppError(
      'lti_target_link_uri_invalid',
      `The target_link_uri must be ${publicUrl}${frontDoorPath} or lie below it; correct the tool URL in the LMS`,
    )
  }
}

/** LTI 1.3 §5.3.4: the signed target is the one that the unsigned login asked for. */
export function checkTargetLinkUri(
  claims: Claims,
  messageType: MessageType,
  loginTarget: string,
): void {
  const target = claims[claim.targetLinkUri]
  // LTI-DL 2.0 §4.4 does not list the claim for its request.
  if (target === undefined && messageType === 'LtiDeepLinkingRequest') return
  if (typeof target !== 'string' || target === '') {
    throw new AppError('lti_target_link_uri_missing', 'The id_token does not say what it opens')
  }
  if (target !== loginTarget) {
    throw new AppError(
      'lti_target_link_uri_mismatch',
      'The id_token opens another address than the login it answers',
    )
  }
}
