import { isRecord, type PairingStatus } from '../messages.ts'

/** The part of `browser.storage.*` that is used here. */
export interface Area {
  get(key: string): Promise<Record<string, unknown>>
  set(entries: Record<string, unknown>): Promise<void>
  remove(key: string): Promise<void>
}

export interface Areas {
  readonly local: Area
  /** Kept in memory by the browser and gone when it closes; old browsers have none. */
  readonly session: Area | undefined
}

export interface Pairing {
  readonly server: string
  readonly token: string
  readonly expiresAt: string
  readonly user: string
  readonly tenant: string
}

const pairingKey = 'pairing'
const lastServerKey = 'lastServer'
const hadPairingKey = 'hadPairing'

/** Stores a pairing: in memory, or with `keep` on disk until it is undone. */
export async function savePairing(areas: Areas, pairing: Pairing, keep: boolean): Promise<void> {
  const inMemory = keep ? undefined : areas.session
  await endPairing(areas)
  await (inMemory ?? areas.local).set({ [pairingKey]: pairing })
  await areas.local.set({ [lastServerKey]: pairing.server, [hadPairingKey]: true })
}

/** The pairing with its token, for the worker alone; undefined where there is none or it has expired. */
export async function readPairing(areas: Areas, now: Date): Promise<Pairing | undefined> {
  const { pairing } = await find(areas)
  return pairing && isValid(pairing, now) ? pairing : undefined
}

/** What pages may know of the pairing: everything but the token. */
export async function readStatus(areas: Areas, now: Date): Promise<PairingStatus> {
  const { pairing, kept } = await find(areas)
  if (pairing && isValid(pairing, now)) {
    const { user, tenant, expiresAt, server } = pairing
    return { paired: { user, tenant, expiresAt, kept }, server, ended: false }
  }
  const lastServer = (await areas.local.get(lastServerKey))[lastServerKey]
  const hadPairing = (await areas.local.get(hadPairingKey))[hadPairingKey]
  return {
    paired: null,
    server: typeof lastServer === 'string' ? lastServer : null,
    ended: hadPairing === true,
  }
}

/** The pairing no longer works; people are told that it ended. */
export async function endPairing(areas: Areas): Promise<void> {
  await areas.session?.remove(pairingKey)
  await areas.local.remove(pairingKey)
}

/** The person undid the pairing: nothing to tell them. */
export async function removePairing(areas: Areas): Promise<void> {
  await endPairing(areas)
  await areas.local.remove(hadPairingKey)
}

function isValid({ expiresAt }: Pairing, now: Date): boolean {
  return Date.parse(expiresAt) > now.getTime()
}

async function find(areas: Areas): Promise<{ pairing: Pairing | undefined; kept: boolean }> {
  const inMemory = parse((await areas.session?.get(pairingKey))?.[pairingKey])
  if (inMemory) return { pairing: inMemory, kept: false }
  return { pairing: parse((await areas.local.get(pairingKey))[pairingKey]), kept: true }
}

function parse(value: unknown): Pairing | undefined {
  if (!isRecord(value)) return undefined
  const { server, token, expiresAt, user, tenant } = value
  if (typeof server !== 'string' || typeof token !== 'string') return undefined
  if (typeof expiresAt !== 'string' || typeof user !== 'string') return undefined
  return typeof tenant === 'string' ? { server, token, expiresAt, user, tenant } : undefined
}
