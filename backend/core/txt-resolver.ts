import { Resolver } from 'node:dns/promises'

const absent: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND'])
const patience = { timeout: 3_000, tries: 2 }

/** Answers the TXT records of a name, its pieces put together (RFC 7208 §3.3); none where there is no such name. */
export function createTxtResolver(
  servers: readonly string[],
): (name: string) => Promise<readonly string[]> {
  const resolver = new Resolver(patience)
  if (servers.length > 0) resolver.setServers(servers)
  return async (name) => {
    try {
      return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
    } catch (error) {
      if (error instanceof Error && 'code' in error && absent.has(String(error.code))) return []
      throw error
    }
  }
}
