import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '../../../shared/errors.ts'

// OWASP's first recommendation for argon2id (46 MiB, one pass, one lane). `algorithm: 2` is Argon2id:
// the package declares it as a const enum, which isolated modules cannot read.
const cost = { algorithm: 2, memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const
const costText = `m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`

// The hash of a password that nobody has: unknown accounts take as long as known ones.
export const nobodysHash =
  '$argon2id$v=19$m=47104,t=1,p=1$kGF2OHcaiD64teo9sRs27A$LrhXf6eLtzZqh6es4PY48uO34gY+hN9WoWN1jZ8B+Tw'

const atOnce = 2
const queueLimit = 40
let running = 0
const waiting: (() => void)[] = []

/** Hashing takes 46 MiB and a core each: a flood of sign-ins waits its turn, and past the queue is turned away. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= queueLimit) {
    throw new AppError('too_many_requests', 'Many people are signing in; try again in a moment', {
      retryAfterSeconds: 5,
    })
  }
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize('NFKC'), cost))
}

/** Compares with a stored hash; without one it takes the same time and answers false. */
export async function verifyPassword(
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  const matches = await inTurn(() => verify(stored ?? nobodysHash, password.normalize('NFKC')))
  return matches && stored !== undefined
}

/** Whether a hash was made at another cost than today's, so that the next sign-in should renew it. */
export function needsRehash(stored: string): boolean {
  return !stored.startsWith('$argon2id$') || !stored.includes(costText)
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five characters that are easy to read out: 99 bits. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters.charAt(randomInt(letters.length)))
  return Array.from({ length: 4 }, () => group().join('')).join('-')
}

/** Refuses a password that a guesser would try first; length is what makes the others good. */
export function assertGoodPassword(password: string, email: string): void {
  const plain = password.toLowerCase()
  const reason = weaknessOf(plain, email.toLowerCase().split('@')[0] ?? '')
  if (!reason) return
  throw new AppError('invalid_request', `Choose another password: ${reason}`, {
    errors: [{ pointer: '#/newPassword', code: 'weak_password', detail: reason }],
  })
}

function weaknessOf(password: string, name: string): string | undefined {
  if (password.length < 12) return 'it needs at least 12 characters'
  if (new Set(password).size < 5) return 'it repeats too few characters'
  if (name.length >= 4 && password.includes(name)) return 'it contains your e-mail name'
  const isUsual = ['password', 'edpsych', 'qwertyuiop', '1234567890'].some(
    (word) => password.includes(word) && password.length < word.length + 8,
  )
  return isUsual ? 'it is built on a word everybody tries' : undefined
}
