import { AppError } from '../../../../shared/errors.ts'
import { parseXml } from '../../../../shared/qti/xml.ts'
import { descendants, textOf } from '../../../../shared/qti/xml-element.ts'

const mostCharacters = 512 * 1024
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol'
const saml = 'urn:oasis:names:tc:SAML:2.0:assertion'

/** Algorithms that are still good for a signature; SHA-1 is not (RFC 9155). */
const signatureMethods = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
])
const digestMethods = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])

/**
 * Refuses what no honest provider sends, before anything is believed: a DOCTYPE, comments (which cut names in two),
 * weak algorithms, and more than one response, assertion or subject, as signature wrapping needs.
 * Returns the ID of the request it answers.
 */
export function checkMessage(
  base64: string,
  expected: { readonly destination: string; readonly issuer: string },
): string {
  const xml = decode(base64)
  if (/<!--/.test(xml)) throw refused('it contains a comment')
  const root = parse(xml)
  if (root.namespace !== samlp || root.name !== 'Response') throw refused('it is no SAML response')
  const elements = [...descendants(root)]
  const count = (namespace: string, name: string) =>
    elements.filter((one) => one.namespace === namespace && one.name === name).length
  if (count(saml, 'EncryptedAssertion') > 0) {
    throw refused(
      'its assertion is encrypted; switch encryption off at the provider, the connection is encrypted already',
    )
  }
  if (count(samlp, 'Response') !== 1) throw refused('it holds more than one response')
  if (count(saml, 'Assertion') > 1) throw refused('it holds more than one assertion')
  if (count(saml, 'Subject') > 1) throw refused('it names more than one person')
  checkAlgorithms(elements)
  checkIds(elements.map(({ attributes }) => attributes.get('ID')))
  checkAddresses(elements, root.attributes.get('Destination'), expected.destination)
  checkIssuers(elements, expected.issuer)
  return root.attributes.get('InResponseTo') ?? ''
}

/** The same for a request to sign out that came with a form (SAML 2.0 Profiles §4.4.4.1). */
export function checkSignOutRequest(
  base64: string,
  expected: { readonly destination: string; readonly issuer: string },
): void {
  const xml = decode(base64)
  if (/<!--/.test(xml)) throw refused('it contains a comment')
  const root = parse(xml)
  if (root.namespace !== samlp || root.name !== 'LogoutRequest') {
    throw refused('it is no request to sign out')
  }
  const elements = [...descendants(root)]
  checkAlgorithms(elements)
  checkIds(elements.map(({ attributes }) => attributes.get('ID')))
  checkAddresses(elements, root.attributes.get('Destination'), expected.destination)
  checkIssuers(elements, expected.issuer)
}

type Elements = readonly ReturnType<typeof parseXml>[]

function checkAlgorithms(elements: Elements): void {
  for (const { name, attributes } of elements) {
    const algorithm = attributes.get('Algorithm') ?? ''
    if (name === 'SignatureMethod' && !signatureMethods.has(algorithm)) throw weak(algorithm)
    if (name === 'DigestMethod' && !digestMethods.has(algorithm)) throw weak(algorithm)
  }
}

/** Two elements of one ID are how a signature comes to cover something else than what is read. */
function checkIds(ids: readonly (string | undefined)[]): void {
  const given = ids.filter((id) => id !== undefined)
  if (new Set(given).size !== given.length) throw refused('two of its elements have the same ID')
}

/** SAML 2.0 Bindings §3.5.5.2, Profiles §4.1.4.2: meant for this address, in each place that says so. */
function checkAddresses(
  elements: Elements,
  destination: string | undefined,
  expected: string,
): void {
  if (destination !== expected) {
    throw refused(`it is meant for ${destination ?? 'no address'}, not for ${expected}`)
  }
  const recipients = elements
    .filter(({ namespace, name }) => namespace === saml && name === 'SubjectConfirmationData')
    .map(({ attributes }) => attributes.get('Recipient'))
  if (recipients.some((recipient) => recipient !== expected)) {
    throw refused('its assertion is meant for another recipient')
  }
}

/** Profiles §4.1.4.2: whoever signs for several providers, each speaks in its own name. */
function checkIssuers(elements: Elements, expected: string): void {
  const issuers = elements
    .filter(({ namespace, name }) => namespace === saml && name === 'Issuer')
    .map((issuer) => textOf(issuer).trim())
  const other = issuers.find((issuer) => issuer !== expected)
  if (issuers.length === 0 || other !== undefined) {
    throw refused(`it comes from ${other ?? 'nobody'}, not from ${expected}`)
  }
}

function decode(base64: string): string {
  if (base64.length > mostCharacters || !/^[A-Za-z0-9+/=\s]+$/.test(base64)) {
    throw refused('it cannot be read')
  }
  return Buffer.from(base64, 'base64').toString('utf8')
}

function parse(xml: string): ReturnType<typeof parseXml> {
  try {
    return parseXml(xml)
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'it is no XML')
  }
}

function weak(algorithm: string): AppError {
  return refused(`it is signed with ${algorithm || 'an unnamed algorithm'}; SHA-256 is needed`)
}

export function refused(why: string): AppError {
  return new AppError(
    'sso_answer_refused',
    `The answer of the identity provider is refused: ${why}`,
  )
}
