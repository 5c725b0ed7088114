import { randomBytes } from 'node:crypto'
import { idFromBytes, idToBytes } from '../../core/ids.ts'

const idBytes = 16
const secretBytes = 16

/** A secret that says which launch it is of, so that no index has to find it: its id, then 128 random bits. */
export function makeHandle(launchId: string): string {
  return Buffer.concat([idToBytes(launchId), randomBytes(secretBytes)]).toString('base64url')
}

/** Null where it has not the form of a handle. Whether it is one, its digest in the store decides. */
export function launchIdOf(handle: string): string | null {
  if (!/^[\w-]{43}$/.test(handle)) return null
  return idFromBytes('launch', Buffer.from(handle, 'base64url').subarray(0, idBytes))
}
