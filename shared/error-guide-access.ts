import type { ErrorGuidance } from './error-guidance.ts'

const newKey =
  'Create a key under Administration › API keys, or with `POST /api/v1/keys`, and use that.'
const newToken = 'Ask the token endpoint for a new access token.'
const ourTokens =
  'Send the `access_token` of `/oauth/token` as it came. Tokens of other servers, id tokens and refresh tokens do not open the API.'

/** Texts for refused credentials: API keys, access tokens and what surrounds them. */
export const accessErrorGuide = {
  authorization_malformed: {
    meaning: 'The header `Authorization` is there, but it is not `Bearer <credential>`.',
    whatToDo:
      'Send one word `Bearer`, one space, then the key or token without quotes. DPoP-bound tokens take the word `DPoP`.',
  },
  authorization_repeated: {
    meaning: 'The request carries `Authorization` more than once, so it is unclear who calls.',
    whatToDo: 'Send the header once. Look for a proxy or a library that adds its own.',
  },
  credential_in_address: {
    meaning: 'A key or token stands in the address, where logs and browsers keep it.',
    whatToDo:
      'Send it as `Authorization: Bearer …`. Treat the one that was in the address as known to others: rotate or revoke it.',
  },
  key_malformed: {
    meaning: 'The key is damaged: its length or its checksum is wrong. It was never given out.',
    whatToDo:
      'Copy the whole key again, without spaces or line breaks. The last six characters are its checksum.',
  },
  key_unknown: {
    meaning: 'The key has the right form, but this installation never gave it out.',
    whatToDo: `Check that the key belongs to this installation and not to another one. ${newKey}`,
  },
  key_expired: {
    meaning: 'The key has reached its expiry date.',
    whatToDo: newKey,
  },
  key_revoked: {
    meaning: 'The key was withdrawn by somebody of its organisation.',
    whatToDo: `Ask there why. ${newKey}`,
  },
  key_rotated: {
    meaning: 'The key was replaced by a newer one, and the time in which both work is over.',
    whatToDo: 'Use the newer key. If it is lost, rotate again: the answer shows the new key once.',
  },
  key_network_not_allowed: {
    meaning: 'The key is limited to certain networks, and the call came from another address.',
    whatToDo:
      'Call from one of the `allowedNetworks` of the key, or add yours with `PATCH /api/v1/keys/:id`.',
  },
  key_mode_mismatch: {
    meaning: 'Sandboxes have test keys only, every other organisation has live keys only.',
    whatToDo: 'Leave `mode` out: it follows from the organisation.',
  },
  token_invalid: {
    meaning: 'The access token is damaged, or was not signed by this server.',
    whatToDo: ourTokens,
  },
  token_expired: {
    meaning: 'The access token is more than ten minutes old.',
    whatToDo: `${newToken} Refresh a little before \`expires_in\` runs out.`,
  },
  token_wrong_issuer: {
    meaning: 'The access token was issued by another server.',
    whatToDo: ourTokens,
  },
  token_wrong_audience: {
    meaning: 'The access token was made for another API.',
    whatToDo:
      'Ask for a token with `resource` set to the address of this API plus `/api`, or leave `resource` out.',
  },
  token_wrong_type: {
    meaning: 'This is a token, but not an access token.',
    whatToDo: ourTokens,
  },
  token_revoked: {
    meaning: 'The token, the consent behind it or its application was withdrawn.',
    whatToDo:
      'Send the person through the authorization again, or ask the organisation that owns the application.',
  },
  dpop_proof_missing: {
    meaning: 'The access token is bound to a key, and the request does not prove to hold it.',
    whatToDo:
      'Send the token as `Authorization: DPoP …` with a fresh proof in the header `DPoP` (RFC 9449).',
  },
  dpop_proof_invalid: {
    meaning: 'The DPoP proof does not fit: its signature, method, address, time, token or key.',
    whatToDo:
      'Make a new proof for each request: `htm`, `htu` without query, `iat` now, `ath` of this token, a new `jti`, signed by the key that the token is bound to.',
  },
  dpop_proof_replayed: {
    meaning: 'This DPoP proof was used before.',
    whatToDo: 'Make a new proof, with a `jti` of its own, for each request.',
  },
  redirect_uri_refused: {
    meaning: 'An address of the application cannot be used for redirects or links.',
    whatToDo:
      'Use `https` without user name and fragment, or `http` on 127.0.0.1, [::1] or localhost for programs on the own computer.',
  },
} as const satisfies Record<string, ErrorGuidance>
