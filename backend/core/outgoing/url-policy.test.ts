import { describe, expect, it } from 'vitest'
import { createUrlPolicy } from './url-policy.ts'

const trusted = 'http://127.0.0.1:3000/sandbox/lms'
const strict = createUrlPolicy({
  allowPrivateNetworks: false,
  allowedPrivateUrlPrefixes: [trusted],
})
const open = createUrlPolicy({ allowPrivateNetworks: true, allowedPrivateUrlPrefixes: [] })

const refusal = expect.objectContaining({ code: 'url_not_allowed', status: 422 })

describe('an installation on the public internet', () => {
  it.each([
    'https://lms.example.org/token',
    'https://lms.example.org:443/token',
    'https://LMS.Example.ORG/token?x=1#part',
    'https://xn--bcher-kva.example/jwks',
    'https://8.8.8.8/jwks',
    'https://[2606:4700::1111]/jwks',
    'https://10.example.org/',
    'https://localhost.example.org/',
    'https://lms.example.org/login?next=http://127.0.0.1/',
  ])('accepts %s', (url) => {
    expect(strict.check(url, 'jwksUri').network).toBe('public')
  })

  it.each([
    ['no address at all', 'lms'],
    ['an empty text', ''],
    ['no scheme', '//lms.example.org/'],
    ['a file', 'file:///etc/passwd'],
    ['ftp', 'ftp://lms.example.org/'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,x'],
    ['a unix socket', 'unix:///var/run/docker.sock'],
    ['gopher', 'gopher://lms.example.org/'],
    ['a websocket', 'wss://lms.example.org/'],
    ['http', 'http://lms.example.org/'],
    ['http on 443', 'http://lms.example.org:443/'],
    ['another port', 'https://lms.example.org:8443/'],
    ['port 80', 'https://lms.example.org:80/'],
    ['port 0', 'https://lms.example.org:0/'],
    ['a user name', 'https://user@lms.example.org/'],
    ['user name and password', 'https://user:pass@lms.example.org/'],
    ['a host hidden by userinfo', 'https://lms.example.org@127.0.0.1/'],
    ['a final dot', 'https://lms.example.org./'],
    ['localhost', 'https://localhost/'],
    ['localhost with a final dot', 'https://localhost./'],
    ['LOCALHOST', 'https://LOCALHOST/'],
    ['below localhost', 'https://app.localhost/'],
    ['localhost in circled letters', 'https://ⓛocalhost/'],
    ['a name without a dot', 'https://intranet/'],
    ['mDNS', 'https://printer.local/'],
    ['cloud metadata by name', 'https://metadata.google.internal/'],
    ['a home network', 'https://nas.home.arpa/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback elsewhere in its range', 'https://127.9.9.9/'],
    ['loopback with a final dot', 'https://127.0.0.1./'],
    ['loopback as one decimal', 'https://2130706433/'],
    ['loopback as one octal', 'https://017700000001/'],
    ['loopback as one hexadecimal', 'https://0x7f000001/'],
    ['loopback with octal parts', 'https://0177.0.0.01/'],
    ['loopback with hexadecimal parts', 'https://0x7f.0x0.0x0.0x1/'],
    ['loopback in two parts', 'https://127.1/'],
    ['loopback in three parts', 'https://127.0.1/'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/'],
    ['loopback in circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['loopback with ideographic dots', 'https://127。0。0。1/'],
    ['loopback percent-encoded', 'https://%31%32%37.0.0.1/'],
    ['loopback behind a backslash', 'https:\\\\127.0.0.1\\'],
    ['loopback without slashes', 'https:127.0.0.1'],
    ['unspecified', 'https://0.0.0.0/'],
    ['unspecified as zero', 'https://0/'],
    ['this network', 'https://0.1.2.3/'],
    ['10/8', 'https://10.0.0.8/'],
    ['172.16/12', 'https://172.31.255.1/'],
    ['192.168/16', 'https://192.168.1.1/'],
    ['192.168/16 as one decimal', 'https://3232235777/'],
    ['CGNAT', 'https://100.64.0.1/'],
    ['link-local', 'https://169.254.10.10/'],
    ['cloud metadata', 'https://169.254.169.254/'],
    ['cloud metadata as one decimal', 'https://2852039166/'],
    ['cloud metadata of Azure', 'https://168.63.129.16/'],
    ['cloud metadata of Alibaba', 'https://100.100.100.200/'],
    ['benchmarking', 'https://198.18.0.1/'],
    ['documentation', 'https://203.0.113.7/'],
    ['IETF protocol assignments', 'https://192.0.0.1/'],
    ['the 6to4 relay', 'https://192.88.99.1/'],
    ['multicast', 'https://224.0.0.1/'],
    ['reserved', 'https://240.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['v6 loopback', 'https://[::1]/'],
    ['v6 loopback written out', 'https://[0:0:0:0:0:0:0:1]/'],
    ['v6 unspecified', 'https://[::]/'],
    ['v4-mapped loopback', 'https://[::ffff:127.0.0.1]/'],
    ['v4-mapped loopback in hexadecimal', 'https://[::ffff:7f00:1]/'],
    ['v4-compatible loopback', 'https://[::127.0.0.1]/'],
    ['v4-translated loopback', 'https://[::ffff:0:127.0.0.1]/'],
    ['NAT64 of loopback', 'https://[64:ff9b::7f00:1]/'],
    ['local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
    ['6to4 of loopback', 'https://[2002:7f00:1::]/'],
    ['Teredo', 'https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/'],
    ['v6 link-local', 'https://[fe80::1]/'],
    ['v6 link-local with a zone', 'https://[fe80::1%25eth0]/'],
    ['v6 site-local', 'https://[fec0::1]/'],
    ['v6 unique local', 'https://[fd00::1]/'],
    ['v6 cloud metadata', 'https://[fd00:ec2::254]/'],
    ['v6 multicast', 'https://[ff02::1]/'],
    ['v6 documentation', 'https://[2001:db8::1]/'],
    ['v6 discard', 'https://[100::1]/'],
    ['v6 outside global unicast', 'https://[4000::1]/'],
    ['an address out of range', 'https://256.256.256.256/'],
  ])('refuses %s: %s', (_what, url) => {
    expect(() => strict.check(url, 'tokenEndpoint')).toThrow(refusal)
  })

  it('names what the address was for', () => {
    expect(() => strict.check('http://lms.example.org/', 'tokenEndpoint')).toThrow(
      'tokenEndpoint: only https is allowed here',
    )
  })
})

describe('a trusted address on a private network', () => {
  it.each([trusted, `${trusted}/`, `${trusted}/token?x=1`, `${trusted}/a/../jwks`])(
    'accepts %s',
    (url) => {
      expect(strict.check(url, 'jwksUri').network).toBe('private')
    },
  )

  it.each([
    ['a sibling path', 'http://127.0.0.1:3000/sandbox/lms-other'],
    ['a path above', 'http://127.0.0.1:3000/sandbox'],
    ['a path left by dots', `${trusted}/../../admin`],
    ['a path left by encoded dots', `${trusted}/%2e%2e/%2e%2e/admin`],
    ['a path left by encoded slashes', `${trusted}/..%2f..%2fadmin`],
    ['another port', 'http://127.0.0.1:3001/sandbox/lms'],
    ['another scheme', 'https://127.0.0.1:3000/sandbox/lms'],
    ['another loopback address', 'http://127.0.0.2:3000/sandbox/lms'],
    ['another name of it', 'http://localhost:3000/sandbox/lms'],
    ['a host that only starts alike', 'http://127.0.0.1:3000.example.org/sandbox/lms'],
    ['a host behind userinfo', 'http://127.0.0.1:3000@example.org/sandbox/lms'],
  ])('does not extend to %s: %s', (_what, url) => {
    expect(() => strict.check(url, 'jwksUri')).toThrow(refusal)
  })
})

describe('an installation that may reach private networks', () => {
  it.each([
    'http://lms.example.org/',
    'https://lms.example.org:8443/',
    'http://localhost:8080/moodle',
    'http://127.0.0.1:1234/',
    'http://0.0.0.0:3000/',
    'http://10.1.2.3/',
    'http://192.168.0.7:8080/',
    'http://[::1]:3000/',
    'http://[fd00::1]/',
    'http://moodle/',
  ])('accepts %s', (url) => {
    expect(open.check(url, 'jwksUri').network).toBe('private')
  })

  it.each([
    ['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['cloud metadata as one hexadecimal', 'http://0xa9fea9fe/'],
    ['cloud metadata mapped into v6', 'http://[::ffff:169.254.169.254]/'],
    ['cloud metadata over v6', 'http://[fd00:ec2::254]/'],
    ['multicast', 'http://224.0.0.1/'],
    ['broadcast', 'http://255.255.255.255/'],
    ['v6 link-local', 'http://[fe80::1]/'],
    ['userinfo', 'http://user:pass@127.0.0.1/'],
    ['a file', 'file:///etc/passwd'],
  ])('still refuses %s: %s', (_what, url) => {
    expect(() => open.check(url, 'jwksUri')).toThrow(refusal)
  })
})
