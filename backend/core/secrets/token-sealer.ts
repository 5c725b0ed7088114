import { createHash, hkdfSync } from 'node:crypto'
import { keyBytes, open, seal } from './envelope.ts'

export interface TokenSealer {
  /** Encrypts a text for the way through a browser and back: safe in URLs, unreadable and unchangeable there. */
  seal(text: string): string
  /** Null where the token was changed, or sealed by another installation or for another purpose. */
  open(token: string): string | null
}

/** By this the redaction of logs knows sealed tokens. */
const prefix = 'edp_sealed_'
const version = 1
const idBytes = 4
const headBytes = 1 + idBytes

interface Key {
  readonly id: Buffer
  readonly bytes: Buffer
}

/**
 * Seals with a key of its own for each purpose, derived from the newest master key (HKDF, RFC 5869);
 * opens also what an earlier master key of the list sealed.
 */
export function createTokenSealer(
  purpose: string,
  masterKeys: () => readonly [Buffer, ...Buffer[]],
): TokenSealer {
  const derived = new Map<Buffer, Key>()

  function keyOf(masterKey: Buffer): Key {
    const known = derived.get(masterKey)
    if (known) return known
    const bytes = Buffer.from(
      hkdfSync('sha256', masterKey, '', `edpsych sealed token ${purpose}`, keyBytes),
    )
    const id = createHash('sha256').update(bytes).digest().subarray(0, idBytes)
    const key = { id, bytes }
    derived.set(masterKey, key)
    return key
  }

  return {
    seal(text) {
      const { id, bytes } = keyOf(masterKeys()[0])
      const sealed = seal(bytes, Buffer.from(text, 'utf8'), [purpose])
      const token = Buffer.concat([Buffer.of(version), id, sealed])
      return `${prefix}${token.toString('base64url')}`
    },

    open(token) {
      if (!token.startsWith(prefix)) return null
      const text = token.slice(prefix.length)
      const all = Buffer.from(text, 'base64url')
      // Each token has one spelling only, although base64 would take several.
      if (all.length <= headBytes || all.toString('base64url') !== text) return null
      if (all[0] !== version) return null
      const id = all.subarray(1, headBytes)
      const key = masterKeys()
        .map(keyOf)
        .find((candidate) => candidate.id.equals(id))
      if (!key) return null
      try {
        return open(key.bytes, all.subarray(headBytes), [purpose]).toString('utf8')
      } catch {
        // Forged or damaged: what it would have said is nobody's.
        return null
      }
    },
  }
}
