/** Whom somebody who found a security problem writes to. */
export interface SecurityContact {
  /** A `mailto:` or `https:` address. */
  readonly contact: string
  /** When the file must have been looked at again; 180 days from now where absent. */
  readonly expires?: Date | undefined
}

const day = 24 * 3600 * 1000

/** `security.txt` (RFC 9116). */
export function securityText(
  { publicUrl, security }: { readonly publicUrl: string; readonly security: SecurityContact },
  now: Date,
): string {
  const expires = security.expires ?? new Date(now.getTime() + 180 * day)
  return [
    `Contact: ${security.contact}`,
    `Expires: ${expires.toISOString()}`,
    'Preferred-Languages: en, cy',
    `Canonical: ${publicUrl}/.well-known/security.txt`,
    `Policy: ${publicUrl}/developers/guides/security`,
    '',
  ].join('\n')
}

/** Days until a `security.txt` ends; people should not trust one that has. */
export function daysUntilExpiry(text: string, now: Date): number {
  const [, expires = ''] = /^Expires: (.+)$/m.exec(text) ?? []
  return Math.floor((Date.parse(expires) - now.getTime()) / day)
}
