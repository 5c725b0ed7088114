import type { ErrorGuidance } from './error-guidance.ts'

const begin = 'Begin the sign-in again on the sign-in page of this service, in the same browser.'

/** Texts for single sign-on of staff (SAML 2.0 and OpenID Connect). */
export const ssoErrorGuide = {
  sso_required: {
    meaning:
      'The organisation has its staff sign in with an identity provider, not with a password.',
    whatToDo:
      'Enter the e-mail address on the sign-in page and choose the account of the organisation. When the identity provider is down, the account named for emergencies still has its password.',
  },
  sso_account_not_allowed: {
    meaning:
      'The identity provider said who this is, but that person may not sign in here: no account, no role, no proven e-mail domain, or a disabled account.',
    whatToDo:
      'Invite the person, let the provider make accounts, map one of their groups to a role, or prove the e-mail domain, under “Single sign-on” in the administration.',
  },
  sso_link_needed: {
    meaning:
      'An account with the same e-mail address exists, and an address alone is no proof that both are the same person.',
    whatToDo: 'Sign in with the password once and choose “Link” under “Your account”.',
  },
  sso_answer_refused: {
    meaning:
      'The answer of the identity provider could not be trusted: signature, audience, recipient, time or request were not right; `detail` says which.',
    whatToDo:
      'Compare the addresses and the certificate at the provider with those under “Single sign-on”, and use the test there.',
  },
  sso_answer_used: {
    meaning: 'This sign-in was finished already, or began more than ten minutes ago.',
    whatToDo: begin,
  },
  sso_not_begun_here: {
    meaning:
      'A sign-in arrived that this browser did not begin. Sign-ins that begin at the provider are not taken, because anybody could send them.',
    whatToDo: begin,
  },
  sso_metadata_invalid: {
    meaning: 'What the identity provider says of itself cannot be used; `detail` says why.',
    whatToDo: 'Give the address or the file of the metadata of the identity provider itself.',
  },
  sso_domain_not_proven: {
    meaning: 'The DNS record that proves the domain was not found, or says something else.',
    whatToDo:
      'Make the TXT record exactly as `record` of the domain says; changes of DNS can take some hours.',
  },
} as const satisfies Record<string, ErrorGuidance>
