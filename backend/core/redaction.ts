/** Names whose values never reach a log, at any depth, whatever their case or separators. */
const sensitiveNames = new Set(
  [
    ['authorization', 'proxyAuthorization', 'cookie', 'setCookie', 'xApiKey'],
    ['password', 'passphrase', 'secret', 'clientSecret', 'apiKey', 'masterKey', 'privateKey'],
    ['token', 'idToken', 'accessToken', 'refreshToken', 'clientAssertion', 'jwt', 'nonce'],
    ['codeVerifier', 'signature', 'csrf', 'loginHint', 'ltiMessageHint'],
    ['email', 'name', 'givenName', 'familyName', 'middleName', 'fullName', 'displayName'],
    ['username', 'phone', 'dateOfBirth', 'birthDate', 'sourcedId', 'upn', 'picture'],
    ['body', 'responses', 'score', 'scoreGiven', 'answer', 'comment'],
  ]
    .flat()
    .map((name) => name.toLowerCase()),
)

const placeholder = '[redacted]'
const deepest = 8

const patterns: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, placeholder],
  [/\b(Bearer|Basic|DPoP) +[\w.~+/=-]{6,}/gi, `$1 ${placeholder}`],
  [/\bedp_(live|test|launch|sealed)_[\w-]+/g, `edp_$1_${placeholder}`],
  [/\bwhs[ekp][ck]?_[\w+/=-]+/g, placeholder],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    placeholder,
  ],
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi, `$1${placeholder}@`],
  [/[\w.+'-]+@[\w-]+(?:\.[\w-]+)+/g, placeholder],
  [
    /([?&#](?:[\w.-]*(?:token|secret|password|signature|assertion|jwt|key|hint)|code|state|nonce)=)[^&#\s"']+/gi,
    `$1${placeholder}`,
  ],
  // The server quotes the value of a unique field in this message.
  [/(E11000 .*dup key: ).*/g, `$1${placeholder}`],
]

/** Takes out of a text what looks like a credential or an e-mail address, wherever it came from. */
export function redactText(text: string): string {
  let clean = text
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement)
  return clean
}

/** A copy of log data without secrets and personal data; `err` keeps its type, code and stack. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= deepest) return placeholder
  if (value instanceof Date) return value
  if (value instanceof Error) return redactError(value, depth)
  if (ArrayBuffer.isView(value)) return placeholder
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  const clean: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    clean[name] = isSensitive(name, item) ? placeholder : redact(item, depth + 1)
  }
  return clean
}

function isSensitive(name: string, item: unknown): boolean {
  if (item === null || item === undefined || typeof item === 'boolean') return false
  return sensitiveNames.has(name.replace(/[-_ ]/g, '').toLowerCase())
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { errorCode: code } : {}),
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  }
}
