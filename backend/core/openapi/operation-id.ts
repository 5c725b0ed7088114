import type { Route } from '../../../shared/api/contract.ts'
import { splitKey } from '../http/index.ts'

/** Last words of a path that say what is done rather than what it is done to. */
const verbs: Readonly<Record<string, string>> = {
  bulk: 'bulkWrite',
  cancel: 'cancel',
  import: 'import',
  replay: 'replay',
  reset: 'reset',
  retry: 'retry',
  rotate: 'rotate',
  'rotate-secret': 'rotate',
  submit: 'submit',
  test: 'test',
  verify: 'verify',
}

/** What the path does not say well. */
const named: Readonly<Record<string, string>> = {
  'POST /api/v1/session': 'signIn',
  'DELETE /api/v1/session': 'signOut',
  'DELETE /api/v1/sessions': 'signOutEverywhere',
  'POST /api/v1/session/password': 'changePassword',
  'DELETE /api/v1/people/:id/sessions': 'signPersonOut',
  'POST /api/v1/extension/pairings': 'pairExtension',
  'DELETE /api/v1/extension/pairings/current': 'unpairExtension',
  'POST /api/v1/lti/deep-linking': 'answerDeepLinking',
  'POST /api/v1/lti/resource-link': 'chooseResourceLink',
  'POST /api/v1/oauth-clients/:id/approvals': 'approveOauthClient',
  'DELETE /api/v1/oauth-clients/:id/approvals': 'withdrawOauthClientApprovals',
  'POST /api/v1/attempts': 'startAttempt',
}

const verbOfMethod = { POST: 'create', PUT: 'set', PATCH: 'update', DELETE: 'delete' } as const

/** The stable name of an operation, for example `listItems`, `getLtiPlatform`, `rotateKey`. */
export function operationIdOf(key: string, route: Route): string {
  const known = named[key]
  if (known) return known
  const [method, path] = splitKey(key)
  const parts = path.split('/').slice(3)
  const last = parts.at(-1) ?? ''
  const verb = method === 'POST' ? verbs[last] : undefined
  const words = verb ? parts.slice(0, -1) : parts
  if (verb) {
    const noun = nounOf(words, !words.at(-1)?.startsWith(':'))
    return verb + noun + (last === 'rotate-secret' ? 'Secret' : '')
  }
  if (method === 'GET') {
    const isList = isListRoute(route)
    return (isList ? 'list' : 'get') + nounOf(words, true)
  }
  const isOne = method !== 'POST' || singular(last) !== last
  return verbOfMethod[method] + nounOf(words, method === 'POST' ? !isOne : true)
}

function isListRoute({ response }: Route): boolean {
  return response !== undefined && 'shape' in response && 'nextCursor' in (response.shape as object)
}

/** Parents in the singular; the last word as it stands, or in the singular where one thing is meant. */
function nounOf(parts: readonly string[], keepsPlural: boolean): string {
  const words = parts.filter((part) => !part.startsWith(':'))
  const endsWithId = parts.at(-1)?.startsWith(':') ?? false
  return words
    .map((word, index) => {
      const isLast = index === words.length - 1
      return pascal(isLast && keepsPlural && !endsWithId ? word : singular(word))
    })
    .join('')
}

function singular(word: string): string {
  if (word === 'people') return 'person'
  if (/(ss|us|access)$/.test(word)) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(ss|x)es$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}

export function pascal(text: string): string {
  return text.replace(/(?:^|[-._ ])(\w)/g, (_, letter: string) => letter.toUpperCase())
}
