import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createVendors } from '../../backend/sandbox/vendors/index.ts'
import { freePort } from './live-server.ts'

export type VendorId = 'moodle' | 'canvas' | 'blackboard' | 'google-classroom' | 'oneroster' | 'oak'

export interface TestVendors {
  urlOf(vendor: VendorId): string
  dial(vendor: VendorId, dials: Readonly<Record<string, unknown>>): Promise<void>
  /** What an administrator copies, by its label. */
  paste(vendor: VendorId): Promise<Readonly<Record<string, string>>>
  requests(vendor: VendorId): Promise<{ method: string; path: string }[]>
  reset(vendor: VendorId): Promise<void>
  stop(): Promise<void>
}

/** The simulated vendors as servers of their own: the product knows them by their addresses alone. */
export async function startVendors(): Promise<TestVendors> {
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}/vendors`
  const vendors = createVendors({ baseUrl })
  const server = createServer(express().use('/vendors', vendors.app))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  if ((server.address() as AddressInfo).port !== port) throw new Error('another port')

  async function ask(vendor: VendorId, path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(`${baseUrl}/${vendor}${path}`, {
      headers: { 'content-type': 'application/json' },
      ...init,
    })
    if (!answer.ok) throw new Error(`${vendor}${path} answered ${answer.status}`)
    return answer
  }

  return {
    urlOf: (vendor) => `${baseUrl}/${vendor}`,
    async dial(vendor, dials) {
      await ask(vendor, '/dials', { method: 'PUT', body: JSON.stringify(dials) })
    },
    async paste(vendor) {
      const rows = (await (await ask(vendor, '/credentials')).json()) as {
        label: string
        value: string
      }[]
      return Object.fromEntries(rows.map(({ label, value }) => [label, value]))
    },
    async requests(vendor) {
      const { requests } = (await (await ask(vendor, '/requests')).json()) as {
        requests: { method: string; path: string }[]
      }
      return requests
    },
    async reset(vendor) {
      await ask(vendor, '/reset', { method: 'POST', body: '{}' })
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await vendors.close()
    },
  }
}
