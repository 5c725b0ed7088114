/** What a provider said of a person, once its signature and conditions were checked. */
export interface Assertion {
  /** The provider's own, lasting id of the person. */
  readonly subject: string
  readonly email: string | null
  readonly name: string | null
  /** Values of the role attribute. */
  readonly roleValues: readonly string[]
  /** Names of everything that came, for the test; never its values. */
  readonly claims: readonly string[]
  /** SAML, for the end of the session there. */
  readonly samlSession: {
    readonly nameId: string
    readonly nameIdFormat: string
    readonly sessionIndex: string | null
  } | null
}

/** The first of these attributes that holds text. */
export function firstText(
  attributes: Readonly<Record<string, unknown>>,
  names: readonly (string | null)[],
): string | null {
  for (const name of names) {
    const [value] = name === null ? [] : textsOf(attributes[name])
    if (value !== undefined) return value
  }
  return null
}

/** Every text of an attribute that may come once or as a list. */
export function textsOf(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values
    .filter((one): one is string => typeof one === 'string')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
