import type { IdentityProvider } from '../../../../shared/api/sso.ts'

export type Preset = IdentityProvider['preset']

export const presetNames: Readonly<Record<Preset, string>> = {
  entra: 'Microsoft Entra ID',
  google: 'Google Workspace',
  adfs: 'Microsoft AD FS',
  shibboleth: 'Shibboleth or SimpleSAMLphp',
  other: 'Another provider',
}

/** The same for OpenID Connect, where it differs. */
export const oidcSteps: { readonly [Name in Preset]?: readonly string[] } = {
  entra: [
    'In the Entra admin centre choose App registrations, New registration; accounts in this directory only.',
    'Add the platform Web with the redirect URI below.',
    'Under Certificates and secrets make a client secret, and enter it in the form here with the Application (client) ID.',
    'The issuer is https://login.microsoftonline.com/<Directory (tenant) ID>/v2.0.',
    'To give roles by groups, add the groups claim to the ID token under Token configuration.',
  ],
}

/** What to do at each provider, in its own words; the addresses to copy stand beside it. */
export const presetSteps: Readonly<Record<Preset, readonly string[]>> = {
  entra: [
    'In the Entra admin centre choose Enterprise applications, New application, Create your own, “not in the gallery”.',
    'Open Single sign-on, choose SAML, and enter the Identifier and the Reply URL below under Basic SAML Configuration.',
    'Under SAML Certificates choose “Sign SAML response and assertion” and SHA-256.',
    'Copy the App Federation Metadata Url from there into the form here.',
    'Under Users and groups say who may sign in. To give roles by groups, add a group claim.',
  ],
  google: [
    'For OpenID Connect: in the Google Cloud console create an OAuth client of the type Web application, with the redirect URI below; user type Internal.',
    'Enter https://accounts.google.com as the issuer, the client id and secret, and your domain as the hosted domain.',
    'For SAML: in the Admin console choose Apps, Web and mobile apps, Add custom SAML app, tick “Signed response”, and download the metadata for the form here.',
  ],
  adfs: [
    'In AD FS Management add a Relying Party Trust and give it the metadata address below.',
    'Send name, e-mail address and groups as claims, with the e-mail address or a persistent id as the Name ID.',
    'Run: Set-AdfsRelyingPartyTrust -SamlResponseSignature MessageAndAssertion, and switch encryption of claims off (-EncryptClaims $false).',
    'Give the form here the address of your federation metadata: https://<your AD FS>/FederationMetadata/2007-06/FederationMetadata.xml.',
  ],
  shibboleth: [
    'Add this service’s metadata (the address below) to those that your provider trusts.',
    'Have responses and assertions signed, and encryption switched off for this service.',
    'Release mail, displayName and, for roles, eduPersonAffiliation or a group attribute, with a persistent Name ID.',
    'Give the form here the address of your provider’s metadata, or the file.',
  ],
  other: [
    'Enter the addresses below at your provider.',
    'SAML: response and assertion signed with SHA-256, not encrypted. OpenID Connect: authorisation code with PKCE.',
    'Release an e-mail address, a name and, for roles, a group or role attribute.',
  ],
}

export const stepNames = {
  signature: 'Signatures',
  conditions: 'Meant for this service, now',
  person: 'Who it is',
  email: 'E-mail address',
  account: 'Account here',
  roles: 'Roles',
} as const

/** Roles that a directory may give. */
export const grantableRoles = {
  teacher: 'Teacher',
  'school-admin': 'School administrator',
  'trust-admin': 'Trust administrator',
  dpo: 'Data protection officer',
  'integration-operator': 'Integration operator',
  developer: 'Developer',
  auditor: 'Auditor',
} as const
