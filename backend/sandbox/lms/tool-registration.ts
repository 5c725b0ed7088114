import { randomUUID } from 'node:crypto'
import type { Lms } from './lms.ts'
import { Refusal } from './refusal.ts'
import { type Tool, type ToolRegistration, takeId } from './state.ts'
import { isWebUrl } from './web-url.ts'

type Fields = Readonly<Record<string, unknown>>

/** Adds a tool from a form or the API; client id and deployment id are made up when left out. */
export function registerTool(lms: Lms, fields: Fields): Tool {
  const id = takeId(lms.state)
  const tool: Tool = {
    id,
    clientId: optional(fields, 'clientId') ?? randomUUID(),
    deploymentId: optional(fields, 'deploymentId') ?? lms.flavour.deploymentId(id),
    ...describedBy(fields),
  }
  if (lms.state.tools.some((other) => other.clientId === tool.clientId)) {
    throw new Refusal(409, 'client_id_taken', `The client id “${tool.clientId}” is already in use.`)
  }
  lms.state.tools.push(tool)
  return tool
}

/** The same tool with new addresses; its client id, its activities and grades stay. */
export function changeTool(lms: Lms, tool: Tool, fields: Fields): Tool {
  const changed: Tool = { ...tool, ...describedBy(fields) }
  lms.state.tools = lms.state.tools.map((other) => (other === tool ? changed : other))
  return changed
}

function describedBy(fields: Fields) {
  return {
    name: required(fields, 'name'),
    toolUrl: url(fields, 'toolUrl'),
    loginUrl: url(fields, 'loginUrl'),
    redirectUris: redirectUris(fields['redirectUris']),
    jwksUri: url(fields, 'jwksUri'),
    deepLinkUrl:
      optional(fields, 'deepLinkUrl') === undefined
        ? url(fields, 'toolUrl')
        : url(fields, 'deepLinkUrl'),
    ...sharesOf(fields['shares']),
  }
}

/** Only a registration by the tool itself says what it wants to know of people. */
function sharesOf(value: unknown): Pick<Tool, 'shares'> {
  if (typeof value !== 'object' || value === null) return {}
  const { names, email } = value as { names?: unknown; email?: unknown }
  return { shares: { names: names === true, email: email === true } }
}

/** Makes a tool known that the LMS was started with; its activities of a former run stay its own. */
export function preregisterTool(lms: Lms, registration: ToolRegistration): void {
  const known = lms.state.tools.find(({ clientId }) => clientId === registration.clientId)
  const tool: Tool = { ...registration, id: known?.id ?? takeId(lms.state) }
  lms.state.tools = [...lms.state.tools.filter((other) => other !== known), tool]
}

/** Forgets a tool together with its activities and grades. */
export function removeTool(lms: Lms, { id }: Tool): void {
  const { state } = lms
  const columns = new Set(
    state.lineItems.filter(({ toolId }) => toolId === id).map((item) => item.id),
  )
  state.tools = state.tools.filter((tool) => tool.id !== id)
  state.links = state.links.filter((link) => link.toolId !== id)
  state.lineItems = state.lineItems.filter((item) => item.toolId !== id)
  state.scores = state.scores.filter((score) => !columns.has(score.lineItemId))
}

/** The origins a page must be allowed to show in a frame and to post forms to. */
export function toolOrigins(lms: Lms): string[] {
  const urls = lms.state.tools.flatMap((tool) => [
    tool.toolUrl,
    tool.loginUrl,
    tool.deepLinkUrl,
    ...tool.redirectUris,
  ])
  return [...new Set(urls.map((one) => new URL(one).origin))]
}

function optional(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function required(fields: Fields, name: string): string {
  const value = optional(fields, name)
  if (value === undefined) throw new Refusal(400, 'invalid_tool', `Please fill in “${name}”.`)
  return value
}

function url(fields: Fields, name: string): string {
  const value = required(fields, name)
  if (!isWebUrl(value)) {
    throw new Refusal(400, 'invalid_tool', `“${name}” must be a complete web address.`)
  }
  return value
}

/** A list, or the lines of a text field. */
function redirectUris(value: unknown): string[] {
  const lines = Array.isArray(value) ? value.map(String) : String(value ?? '').split(/\s+/)
  const uris = lines.map((line) => line.trim()).filter((line) => line !== '')
  if (uris.length > 0 && uris.every(isWebUrl)) return uris
  throw new Refusal(
    400,
    'invalid_tool',
    '“redirectUris” must be at least one complete web address.',
  )
}
