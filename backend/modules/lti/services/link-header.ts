/** `<address>; rel="a b"`; Moodle writes curly quotes, and `&amp;` within the address. */
const link = /<([^>]*)>((?:\s*;\s*[^;,]*)*)/g
const relation = /;\s*rel\s*=\s*["“”']?([^;"“”',]*)/i

/** A header is read byte by byte: quotes of UTF-8 come as three characters each. */
function textOf(header = ''): string {
  return header.includes('\u00e2\u0080') ? Buffer.from(header, 'latin1').toString('utf8') : header
}

/**
 * The address that a Link header (RFC 8288) gives for a relation, resolved against the address it came from;
 * null where there is none. Tolerates what platforms get wrong.
 */
export function linkTo(header: string | undefined, rel: string, base: string): string | null {
  for (const [, address = '', parameters = ''] of textOf(header).matchAll(link)) {
    const rels = relation.exec(parameters)?.[1]?.toLowerCase().split(/\s+/) ?? []
    if (!rels.includes(rel)) continue
    const url = URL.parse(address.replaceAll('&amp;', '&'), base)
    if (url !== null) return url.href
  }
  return null
}
