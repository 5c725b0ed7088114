import { X509Certificate } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import { parseXml, type XmlElement } from '../../../../shared/qti/xml.ts'
import { childElements, descendants, textOf } from '../../../../shared/qti/xml-element.ts'

const md = 'urn:oasis:names:tc:SAML:2.0:metadata'
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

export interface IdpMetadata {
  readonly entityId: string
  readonly signInUrl: string
  readonly signOutUrl: string | null
  /** PEM, those for signing. */
  readonly certificates: readonly string[]
}

/** Reads the metadata of an identity provider (SAML 2.0 Metadata §2.4.3); a federation's aggregate must hold one. */
export function readMetadata(xml: string): IdpMetadata {
  const root = parse(xml)
  const providers = [...descendants(root)].filter(
    (element) =>
      element.namespace === md &&
      element.name === 'EntityDescriptor' &&
      childElements(element, 'IDPSSODescriptor').length > 0,
  )
  const [entity, another] = providers
  if (!entity) throw invalid('it describes no identity provider (IDPSSODescriptor)')
  if (another) throw invalid('it describes several identity providers; give the one of yours')
  const [descriptor] = childElements(entity, 'IDPSSODescriptor')
  const entityId = entity.attributes.get('entityID')
  if (!descriptor || !entityId) throw invalid('it has no entityID')
  const signInUrl = endpoint(descriptor, 'SingleSignOnService')
  if (signInUrl === null) {
    throw invalid('it offers no sign-in with the HTTP-Redirect binding (SingleSignOnService)')
  }
  const certificates = signingCertificates(descriptor)
  if (certificates.length === 0) throw invalid('it has no certificate for signatures')
  return {
    entityId,
    signInUrl,
    signOutUrl: endpoint(descriptor, 'SingleLogoutService'),
    certificates,
  }
}

function parse(xml: string): XmlElement {
  try {
    return parseXml(xml)
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'it is no XML')
  }
}

function endpoint(descriptor: XmlElement, name: string): string | null {
  const found = childElements(descriptor, name).find(
    ({ attributes }) => attributes.get('Binding') === redirect,
  )
  const location = found?.attributes.get('Location')
  if (location === undefined) return null
  if (!/^https?:$/.test(URL.parse(location)?.protocol ?? '')) {
    throw invalid(`the address of ${name} is none of the web`)
  }
  return location
}

/** A key without `use` serves for signing too (§2.4.1.1). Certificates are trusted as they stand, whatever their dates. */
function signingCertificates(descriptor: XmlElement): string[] {
  const keys = childElements(descriptor, 'KeyDescriptor').filter(
    ({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing',
  )
  const found = keys.flatMap((key) =>
    [...descendants(key)].filter(({ name }) => name === 'X509Certificate').map(textOf),
  )
  return [...new Set(found.map(toPem))]
}

function toPem(text: string): string {
  const base64 = text.replace(/\s+/g, '')
  const pem = `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`
  try {
    return new X509Certificate(pem).toString()
  } catch {
    throw invalid('one of its certificates cannot be read')
  }
}

/** What people compare: the fingerprint, and until when it says it is valid. */
export function describeCertificate(pem: string): { fingerprint: string; validUntil: string } {
  const { fingerprint256, validToDate, validTo } = new X509Certificate(pem) as X509Certificate & {
    readonly validToDate?: Date
  }
  return {
    fingerprint: fingerprint256,
    validUntil: (validToDate ?? new Date(validTo)).toISOString(),
  }
}

function invalid(why: string): AppError {
  return new AppError('sso_metadata_invalid', `The metadata cannot be used: ${why}`)
}
