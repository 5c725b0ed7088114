import { randomUUID } from 'node:crypto'
import type { LTIClient, LTIDeployment, LTISession, LTIStorage } from '@lti-tool/core'

type RegistrationSession = NonNullable<Awaited<ReturnType<LTIStorage['getRegistrationSession']>>>

/** Storage for `@lti-tool/core` that forgets everything with the test. */
export function createMemoryLtiStorage(): LTIStorage {
  const clients = new Map<string, LTIClient>()
  const sessions = new Map<string, LTISession>()
  const nonces = new Map<string, Date>()
  const registrations = new Map<string, RegistrationSession>()

  const clientWith = (id: string): LTIClient => {
    const client = clients.get(id)
    if (!client) throw new Error(`no client ${id}`)
    return client
  }
  const deploymentOf = (id: string, deploymentId: string): LTIDeployment | undefined =>
    clients.get(id)?.deployments.find((one) => one.deploymentId === deploymentId)

  return {
    listClients: async () => [...clients.values()],
    getClientById: async (id) => clients.get(id),
    addClient: async (client) => {
      const id = randomUUID()
      clients.set(id, { ...client, id, deployments: [] })
      return id
    },
    updateClient: async (id, change) => {
      clients.set(id, { ...clientWith(id), ...change })
    },
    deleteClient: async (id) => {
      clients.delete(id)
    },

    listDeployments: async (id) => clientWith(id).deployments,
    getDeployment: async (id, deploymentId) => deploymentOf(id, deploymentId),
    addDeployment: async (id, deployment) => {
      const added = { ...deployment, id: randomUUID() }
      clientWith(id).deployments.push(added)
      return added.id
    },
    updateDeployment: async (id, deploymentId, change) => {
      const found = deploymentOf(id, deploymentId)
      if (found) Object.assign(found, change)
    },
    deleteDeployment: async (id, deploymentId) => {
      const client = clientWith(id)
      client.deployments = client.deployments.filter((one) => one.deploymentId !== deploymentId)
    },

    getSession: async (id) => sessions.get(id),
    addSession: async (session) => {
      sessions.set(session.id, session)
      return session.id
    },

    storeNonce: async (nonce, expiresAt) => {
      nonces.set(nonce, expiresAt)
    },
    validateNonce: async (nonce) => {
      const expiresAt = nonces.get(nonce)
      nonces.delete(nonce)
      return expiresAt !== undefined && expiresAt > new Date()
    },

    getLaunchConfig: async (iss, clientId, deploymentId) => {
      const client = [...clients.values()].find(
        (one) => one.iss === iss && one.clientId === clientId && deploymentOf(one.id, deploymentId),
      )
      if (!client) return undefined
      const { authUrl, tokenUrl, jwksUrl } = client
      return { iss, clientId, deploymentId, authUrl, tokenUrl, jwksUrl }
    },
    saveLaunchConfig: async () => undefined,

    setRegistrationSession: async (id, session) => {
      registrations.set(id, session)
    },
    getRegistrationSession: async (id) => registrations.get(id),
    deleteRegistrationSession: async (id) => {
      registrations.delete(id)
    },
  }
}
