import ipaddr from 'ipaddr.js'

/** The network an address lies in, `192.0.2.0/24` for example; what is no address stays as it is. */
export function networkOf(address: string, bits: { ipv4: number; ipv6: number }): string {
  if (!ipaddr.isValid(address)) return address
  const plain = ipaddr.process(address)
  const length = plain.kind() === 'ipv4' ? bits.ipv4 : bits.ipv6
  const cidr = `${plain.toString()}/${length}`
  const network =
    plain.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr)
  return `${network.toString()}/${length}`
}
