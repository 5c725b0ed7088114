import type { Request, Response } from 'express'
import { hashOf, issue } from '../state.ts'
import { secretOf, type Vendor } from '../vendor.ts'

export const applicationKey = '3f1c2b8e-7a60-4d0c-9d55-0a1b2c3d4e5f'
export const applicationSecret = (vendor: Vendor): string =>
  secretOf(vendor, 'blackboard-test-application-secret')

/** The token that is out: asked for again within its life it is the same. */
const out = new WeakMap<Vendor, { readonly token: string; readonly expiresAt: number }>()

/** `POST /learn/api/public/v1/oauth2/token` with the application's key and secret as Basic. */
export async function giveToken(vendor: Vendor, req: Request, res: Response): Promise<void> {
  res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
  const pair = `${applicationKey}:${applicationSecret(vendor)}`
  const expected = `Basic ${Buffer.from(pair).toString('base64')}`
  if (req.get('authorization') !== expected || vendor.state.dials.expiredCredentials) {
    res.status(401).json({
      error: 'invalid_client',
      error_description: 'Invalid client credentials, or no access granted to this Learn server.',
    })
    return
  }
  if (new Map(Object.entries(req.body ?? {})).get('grant_type') !== 'client_credentials') {
    res.status(400).json({ error: 'unsupported_grant_type' })
    return
  }
  const { token, expiresAt } = await currentToken(vendor)
  res.json({
    access_token: token,
    token_type: 'bearer',
    expires_in: Math.floor((expiresAt - vendor.now()) / 1000),
    scope: '*',
    user_id: 'b0a1c2d3e4f5',
  })
}

async function currentToken(vendor: Vendor) {
  const now = vendor.now()
  const known = out.get(vendor)
  const isKnown = known && known.expiresAt > now && vendor.state.issued[hashOf(known.token)]
  if (isKnown) return known
  const expiresAt = now + vendor.state.dials.tokenLifeSeconds * 1000
  const issued = { kind: 'access', subject: applicationKey, scope: '*', expiresAt } as const
  const made = { token: issue(vendor.state, issued, now), expiresAt }
  out.set(vendor, made)
  await vendor.changed()
  return made
}

export function isAuthorised(vendor: Vendor, req: Request): boolean {
  const token = req.get('authorization')?.match(/^Bearer (\S+)$/i)?.[1]
  const issued = token === undefined ? undefined : vendor.state.issued[hashOf(token)]
  if (issued === undefined || vendor.state.dials.expiredCredentials) return false
  return issued.expiresAt > vendor.now()
}
