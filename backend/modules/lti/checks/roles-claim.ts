import { AppError } from '../../../../shared/errors.ts'
import type { LtiRole } from '../../../../shared/lti.ts'
import { type Claims, claim } from '../claim-names.ts'
import { reduceRoles } from '../roles.ts'

/** LTI 1.3 §5.3.7: the claim must be there; an empty list is allowed and grants nothing. */
export function checkRoles(claims: Claims): LtiRole[] {
  const roles = claims[claim.roles]
  if (roles === undefined || roles === null) {
    throw new AppError('lti_roles_missing', 'The id_token does not say the roles of the person')
  }
  if (!Array.isArray(roles)) {
    throw new AppError('lti_claim_invalid', 'The roles of the id_token are not a list')
  }
  return reduceRoles(roles)
}
