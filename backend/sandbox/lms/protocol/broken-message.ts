import type { Faults } from '../faults.ts'
import { claim } from './claim-names.ts'

type Claims = Record<string, unknown>

const twoHoursSeconds = 7200

/** The message with the switched-on faults built in; an untouched copy when there are none. */
export function withFaults(message: Claims, faults: Faults, nowMs: number): Claims {
  const broken = { ...message }
  for (const name of hiddenClaims(faults)) delete broken[name]
  if (faults.expiredToken) {
    broken['iat'] = Math.floor(nowMs / 1000) - twoHoursSeconds
    broken['exp'] = Math.floor(nowMs / 1000) - twoHoursSeconds + 60
  }
  if (faults.wrongDeployment) broken[claim.deploymentId] = 'not-a-deployment-of-this-tool'
  if (faults.wrongAudience) broken['aud'] = 'client-id-of-another-tool'
  if (faults.unknownRoles) {
    broken[claim.roles] = ['http://purl.imsglobal.org/vocab/lis/v2/membership#Gardener']
  }
  return broken
}

function hiddenClaims(faults: Faults): string[] {
  return [
    ...(faults.missingNonce ? ['nonce'] : []),
    ...(faults.anonymous ? ['sub', claim.lis] : []),
    ...(faults.noNames || faults.anonymous ? ['name', 'given_name', 'family_name'] : []),
    ...(faults.noEmail || faults.anonymous ? ['email'] : []),
  ]
}
