import type { Client } from '../../../shared/api/client.ts'

/**
 * The whole trail as `verify-audit.mjs` reads it: a first line with the key and the signed checkpoints, then an
 * entry a line. `onProgress` hears how many entries are there.
 */
export async function trailOf(
  client: Client,
  onProgress: (entries: number) => void,
): Promise<string[]> {
  const [key, checkpoints, tenantId] = await Promise.all([
    client('GET /api/v1/audit/key', {}),
    allCheckpoints(client),
    client('GET /api/v1/me', {}).then((me) => me.tenantId),
  ])
  const signed = checkpoints.map(({ no, seq, hash, at, keyId, previous, signature }) => ({
    tenantId,
    no,
    seq,
    hash,
    at,
    keyId,
    previous,
    signature,
  }))
  const parts = [`${JSON.stringify({ ...key, checkpoints: signed })}\n`]
  let entries = 0
  let afterSeq: number | null = 0
  while (afterSeq !== null) {
    const page: { content: string; entries: number; lastSeq: number | null } = await client(
      'POST /api/v1/audit/export',
      { body: { afterSeq } },
    )
    parts.push(page.content)
    entries += page.entries
    onProgress(entries)
    // What is exported is itself recorded, so that the end is where less comes than asked for.
    afterSeq = page.entries < 10_000 ? null : page.lastSeq
  }
  return parts
}

async function allCheckpoints(client: Client) {
  const all = []
  let cursor: string | undefined
  do {
    const page: Awaited<ReturnType<typeof checkpointPage>> = await checkpointPage(client, cursor)
    all.push(...page.data)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return all
}

function checkpointPage(client: Client, cursor: string | undefined) {
  return client('GET /api/v1/audit/checkpoints', { query: { limit: 200, sort: 'no', cursor } })
}
