import { stringifySetCookie } from 'cookie'

const maxAgeSeconds = 10 * 60

/** One for each sign-in that is under way, so that two windows do not disturb each other. */
function nameOf(publicUrl: string, loginId: string): string {
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return `${prefix}edp_sso_${loginId.slice(-10)}`
}

/** Lax: it comes back with the navigation from the provider, not with a form that another site posts. */
export function loginCookie(publicUrl: string, loginId: string, secret: string): string {
  return stringifySetCookie({
    name: nameOf(publicUrl, loginId),
    value: secret,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: secret === '' ? 0 : maxAgeSeconds,
  })
}

export function readSecret(
  publicUrl: string,
  loginId: string,
  cookies: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return cookies[nameOf(publicUrl, loginId)]
}
