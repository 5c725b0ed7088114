import ipaddr from 'ipaddr.js'

/** `private` stands for an installation, or one trusted address of it, that may reach its own networks. */
export type Network = 'public' | 'private'

const reachableRanges: Record<Network, ReadonlySet<string>> = {
  public: new Set(['unicast']),
  private: new Set([
    'unicast',
    'private',
    'loopback',
    'carrierGradeNat',
    'uniqueLocal',
    'unspecified',
  ]),
}

// Cloud hosts answer on these with credentials of the machine; the link-local ones fall to their range.
const metadataAddresses = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2::254'])
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether a request may connect to this address.
 * IPv6 forms that carry an IPv4 address (mapped, 6to4, NAT64, Teredo) reach no public network.
 */
export function isReachable(address: string, network: Network): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  const plain = network === 'private' ? ipaddr.process(address) : parsed
  if (metadataAddresses.has(plain.toString())) return false
  const range = plain.range()
  if (plain instanceof ipaddr.IPv6 && range === 'unicast' && !plain.match(globalUnicast)) {
    return false
  }
  return reachableRanges[network].has(range)
}

/** The address inside a URL's host name, where it is one: `URL` has already made odd notations plain. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return ipaddr.isValid(bare) ? bare : null
}
