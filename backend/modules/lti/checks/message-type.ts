import { AppError } from '../../../../shared/errors.ts'
import { type Claims, claim } from '../claim-names.ts'

const messageTypes = [
  'LtiResourceLinkRequest',
  'LtiDeepLinkingRequest',
  'LtiSubmissionReviewRequest',
] as const
export type MessageType = (typeof messageTypes)[number]

/** LTI 1.3 §5.3.1: the message says what it is, and it is one that this tool answers. */
export function checkMessageType(claims: Claims): MessageType {
  const given = claims[claim.messageType]
  if (given === undefined || given === '') {
    throw new AppError('lti_message_type_missing', 'The id_token does not say its message type')
  }
  const known = messageTypes.find((type) => type === given)
  if (known === undefined) {
    throw new AppError(
      'lti_message_type_unknown',
      `This tool answers ${messageTypes.join(', ')} and no other message`,
    )
  }
  return known
}
