import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { Connector } from '../connector-kit/index.ts'

export type ConnectorRegistry = ReadonlyMap<string, Connector>

const Exported = z.object({
  connector: z.custom<Connector>(
    (value) => typeof value === 'object' && value !== null && 'health' in value,
  ),
})

/** Every sub-folder of `root` is a connector whose id is the folder's name; anything else refuses to start. */
export async function loadConnectors(
  root: URL = new URL('.', import.meta.url),
): Promise<ConnectorRegistry> {
  const entries = await readdir(root, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const connectors = new Map<string, Connector>()
  for (const name of names.sort()) connectors.set(name, await loadConnector(root, name))
  return connectors
}

async function loadConnector(root: URL, name: string): Promise<Connector> {
  const source = new URL(`${name}/index.ts`, root)
  const file = existsSync(source) ? source : new URL(`${name}/index.js`, root)
  const parsed = Exported.safeParse(await import(file.href))
  if (!parsed.success) {
    throw new TypeError(`backend/connectors/${name}/index.ts must export "connector"`)
  }
  const { connector } = parsed.data
  if (connector.id !== name) {
    throw new TypeError(
      `the connector "${connector.id}" lies in the folder "${name}": both must have one name`,
    )
  }
  return connector
}
