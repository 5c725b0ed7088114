import { AppError } from '../../../../shared/errors.ts'
import type { LtiRole } from '../../../../shared/lti.ts'
import { type Claims, claim } from '../claim-names.ts'
import { optionalText, record } from '../optional-claims.ts'
import { mayChoose } from '../rights.ts'

export interface DeepLinkingSettings {
  readonly returnUrl: string
  readonly acceptTypes: readonly string[]
  readonly acceptTargets: readonly string[]
  readonly acceptMultiple: boolean
  /** Null: the platform does not say. */
  readonly acceptLineItem: boolean | null
  readonly title: string | null
  readonly text: string | null
  /** Opaque, as JSON text; echoed exactly as it came, null where it was absent. */
  readonly dataJson: string | null
}

/** LTI-DL 2.0 §4.4.1: without these settings nobody knows what may be chosen or where the answer goes. */
export function checkDeepLinkingSettings(
  claims: Claims,
  checkUrl: (url: string) => void,
): DeepLinkingSettings {
  const settings = record(claims[claim.deepLinkingSettings])
  const returnUrl = settings['deep_link_return_url']
  if (typeof returnUrl !== 'string') throw invalid('deep_link_return_url is missing')
  try {
    checkUrl(returnUrl)
  } catch (cause) {
    throw invalid('deep_link_return_url is not an address that answers may be sent to', cause)
  }
  return {
    returnUrl,
    acceptTypes: texts(settings, 'accept_types'),
    acceptTargets: texts(settings, 'accept_presentation_document_targets'),
    acceptMultiple: isTrue(settings['accept_multiple']),
    acceptLineItem: hasValue(settings['accept_lineitem'])
      ? isTrue(settings['accept_lineitem'])
      : null,
    title: optionalText(settings['title']) ?? null,
    text: optionalText(settings['text']) ?? null,
    dataJson: hasValue(settings['data']) ? JSON.stringify(settings['data']) : null,
  }
}

/** LTI-DL 2.0 §4.2: choosing content is for those who shape the course. */
export function checkMayDeepLink(roles: readonly LtiRole[]): void {
  if (!mayChoose(roles)) {
    throw new AppError(
      'lti_role_not_allowed',
      'Only teachers, content developers and administrators of the course can choose content',
    )
  }
}

function texts(settings: Claims, name: string): string[] {
  const list = settings[name]
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
    throw invalid(`${name} is missing`)
  }
  return list
}

// Some platforms write the booleans of these settings as text.
function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError(
    'lti_deep_linking_settings_invalid',
    `The deep-linking settings of the message are not complete: ${reason}`,
    { cause },
  )
}
