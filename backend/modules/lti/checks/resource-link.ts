import { AppError } from '../../../../shared/errors.ts'
import { type Claims, claim } from '../claim-names.ts'
import { optionalText, record } from '../optional-claims.ts'

export interface ResourceLink {
  readonly id: string
  readonly title?: string
}

/** LTI 1.3 §5.3.5: the link that was clicked has an id of its own. */
export function checkResourceLink(claims: Claims): ResourceLink {
  const link = record(claims[claim.resourceLink])
  const id = link['id']
  if (typeof id !== 'string' || id === '') {
    throw new AppError('lti_resource_link_missing', 'The id_token does not name its resource link')
  }
  const title = optionalText(link['title'])
  return title === undefined ? { id } : { id, title }
}
