import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'

export interface SamlKey {
  readonly privateKey: string
  readonly certificate: string
}

/** A key with a certificate that signs itself. */
export function makeSamlKey(commonName: string): SamlKey {
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-saml-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'].concat([
        '-subj',
        `/CN=${commonName}`,
        '-keyout',
        key,
        '-out',
        certificate,
      ]),
      { stdio: 'ignore' },
    )
    return { privateKey: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const entityId = 'https://idp.test.example/metadata'
const signInUrl = 'https://idp.test.example/sso'
const signOutUrl = 'https://idp.test.example/slo'

/** What an identity provider says of itself; several certificates while they roll over. */
export function idpMetadata(keys: readonly SamlKey[], id = entityId): string {
  const certificates = keys.map(({ certificate }) => certificate.replace(/-----.*?-----|\s/g, ''))
  return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${id}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    ${certificates.map((text) => `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`).join('\n    ')}
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${signOutUrl}"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${signInUrl}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`
}

export interface AuthnRequest {
  readonly id: string
  readonly issuer: string
  readonly acs: string
  readonly relayState: string
}

/** What the service asks, from the address that it sends the browser to. */
export function readAuthnRequest(location: string): AuthnRequest {
  const url = new URL(location)
  const xml = inflateRawSync(
    Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64'),
  ).toString()
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  return {
    id: attribute('ID'),
    issuer: /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1] ?? '',
    acs: attribute('AssertionConsumerServiceURL'),
    relayState: url.searchParams.get('RelayState') ?? '',
  }
}

export interface ResponseOptions {
  readonly key: SamlKey
  readonly request: AuthnRequest
  readonly subject?: string
  readonly nameIdFormat?: string
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>
  readonly audience?: string
  readonly destination?: string
  readonly recipient?: string
  readonly inResponseTo?: string
  readonly issuer?: string
  /** Milliseconds from now. */
  readonly notBefore?: number
  readonly notOnOrAfter?: number
  readonly signAssertion?: boolean
  readonly signResponse?: boolean
  readonly algorithms?: { readonly signature: string; readonly digest: string }
  /** Changes the text after it was signed. */
  readonly tamper?: (xml: string) => string
  readonly sessionIndex?: string
}

const sha256 = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
}
export const sha1 = {
  signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
}

/** A response as an identity provider signs it, in base64; the options make it one that no honest one sends. */
export function samlResponse(options: ResponseOptions): string {
  const { key, request, algorithms = sha256 } = options
  const assertion = `_a${randomBytes(12).toString('hex')}`
  const response = `_r${randomBytes(12).toString('hex')}`
  let xml = responseXml(options, { assertion, response })
  if (options.signAssertion !== false) xml = sign(xml, assertion, key, algorithms)
  if (options.signResponse !== false) xml = sign(xml, response, key, algorithms)
  void request
  return Buffer.from(options.tamper?.(xml) ?? xml).toString('base64')
}

function responseXml(
  {
    request,
    subject = 'person-1',
    nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    attributes = { mail: 'teacher@school.example', displayName: 'Tess Teacher' },
    audience = request.issuer,
    destination = request.acs,
    recipient = request.acs,
    inResponseTo = request.id,
    issuer = entityId,
    notBefore = -5_000,
    notOnOrAfter = 300_000,
    sessionIndex = '_s1',
  }: ResponseOptions,
  ids: { readonly assertion: string; readonly response: string },
): string {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  const now = at(0)
  const answered = inResponseTo === '' ? '' : ` InResponseTo="${inResponseTo}"`
  const statements = Object.entries(attributes)
    .map(
      ([name, values]) =>
        `<saml:Attribute Name="${name}">${[values]
          .flat()
          .map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`)
          .join('')}</saml:Attribute>`,
    )
    .join('')
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${ids.response}" Version="2.0" IssueInstant="${now}" Destination="${destination}"${answered}><saml:Issuer>${issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${ids.assertion}" Version="2.0" IssueInstant="${now}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="${nameIdFormat}">${subject}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${at(notOnOrAfter)}" Recipient="${recipient}"${answered}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(notBefore)}" NotOnOrAfter="${at(notOnOrAfter)}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${sessionIndex}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${statements}</saml:AttributeStatement></saml:Assertion></samlp:Response>`
}

/** An enveloped signature right behind the issuer, as SAML wants it. */
function sign(
  xml: string,
  id: string,
  { privateKey, certificate }: SamlKey,
  { signature, digest }: { readonly signature: string; readonly digest: string },
): string {
  const signer = new SignedXml({ privateKey, publicCert: certificate })
  signer.signatureAlgorithm = signature
  signer.canonicalizationAlgorithm = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const target = `//*[@ID='${id}']`
  signer.addReference({
    xpath: target,
    digestAlgorithm: digest,
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  })
  signer.computeSignature(xml, {
    location: { reference: `${target}/*[local-name()='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}
