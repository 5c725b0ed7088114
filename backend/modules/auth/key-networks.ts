import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = readonly [Address, number]

/** An address as its own kind: IPv4 inside IPv6 (`::ffff:192.0.2.1`) counts as IPv4. */
function toAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined
}

function toRange(network: string): Range {
  if (!network.includes('/')) {
    const address = ipaddr.process(network)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  }
  const [address, bits] = ipaddr.parseCIDR(network)
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96]
  }
  return [address, bits]
}

/** A question to ask of each caller; no networks means that all may come. Throws on what is no network. */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true
  const ranges = networks.map(toRange)
  return (text) => {
    const address = toAddress(text)
    if (!address) return false
    return ranges.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    )
  }
}
