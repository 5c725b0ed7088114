import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { AppError } from '../../../shared/errors.ts'
import { isReachable, type Network } from './address.ts'
import type { Address, LookupAll } from './definition.ts'

export const lookupAll: LookupAll = async (hostname) => {
  const found = await systemLookup(hostname, { all: true })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/**
 * A lookup for sockets that fails unless every address of the name is reachable.
 * The socket connects to what was checked here, so a name that changes its mind afterwards gains nothing.
 */
export function checkingLookup(network: Network, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    void resolveChecked(hostname, network, lookup).then(
      (addresses) => {
        const [first] = addresses
        if (options.all) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, []),
    )
  }
}

async function resolveChecked(
  hostname: string,
  network: Network,
  lookup: LookupAll,
): Promise<[Address, ...Address[]]> {
  const [first, ...rest] = await lookup(hostname)
  if (first === undefined) throw new Error(`no address for ${hostname}`)
  const addresses: [Address, ...Address[]] = [first, ...rest]
  if (addresses.some(({ address }) => !isReachable(address, network))) {
    throw new AppError(
      'url_not_allowed',
      `${hostname} leads to an address that is not on the public internet`,
    )
  }
  return addresses
}
