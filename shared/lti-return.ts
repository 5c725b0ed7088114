/**
 * The address that leads back to the LMS, with a sentence it may show (LTI 1.3 §5.4.4, LTI 1.1 §4.3):
 * `lti_msg` for the person, `lti_errormsg` where something failed.
 */
export function returnAddress(
  returnUrl: string,
  say: { readonly message?: string; readonly error?: string } = {},
): string {
  const url = new URL(returnUrl)
  if (say.message) url.searchParams.set('lti_msg', say.message)
  if (say.error) url.searchParams.set('lti_errormsg', say.error)
  return url.href
}
