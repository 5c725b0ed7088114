import { readFile } from 'node:fs/promises'
import { ConnectionDocument } from '../../shared/api/connections.ts'
import { type Group, tenantOption, UsageError } from './command.ts'
import { everyPage } from './every-page.ts'
import { table } from './table.ts'

export const connections: Group = {
  list: {
    summary: 'List the connections of an organisation with their state and health',
    options: tenantOption,
    async run(installation, given) {
      const ctx = await installation.tenant(given.required('tenant'))
      const { handlers } = (await installation.services()).connections
      const list = handlers['GET /api/v1/connections']
      const data = await everyPage((query) =>
        list(ctx, { query: { ...query, sort: 'name' } }, noRequest),
      )
      const rows = data.map(({ id, connectorId, name, state, health }) => [
        id,
        connectorId,
        name,
        state,
        health.state,
      ])
      return { result: { data }, text: table(rows) }
    },
  },
  test: {
    summary: 'Test a connection with what is on record',
    argument: { name: '<id>', description: 'Id of the connection: con_…' },
    options: tenantOption,
    async run(installation, given) {
      const ctx = await installation.tenant(given.required('tenant'))
      const { handlers, exchangeLog } = (await installation.services()).connections
      const params = { id: given.argument }
      const result = await handlers['POST /api/v1/connections/:id/test'](ctx, { params }, noRequest)
      await exchangeLog.stop()
      const rows = result.steps.map(({ title, status, detail, whatToDo }) => [
        status,
        title,
        [detail, whatToDo].filter(Boolean).join(' '),
      ])
      return { result, text: table(rows), exitCode: result.ok ? 0 : 1 }
    },
  },
  export: {
    summary: 'Print the settings of all connections, without their secrets',
    options: tenantOption,
    async run(installation, given) {
      const ctx = await installation.tenant(given.required('tenant'))
      const { handlers } = (await installation.services()).connections
      const document = await handlers['GET /api/v1/connections/export'](
        ctx,
        { query: {} },
        noRequest,
      )
      return { result: document, text: JSON.stringify(document, null, 2) }
    },
  },
  import: {
    summary: 'Take over settings that were exported; importing twice changes nothing',
    argument: { name: '<file>', description: 'What "connections export" printed' },
    options: tenantOption,
    async run(installation, given) {
      const document = await readDocument(given.argument)
      const ctx = await installation.tenant(given.required('tenant'))
      const { handlers } = (await installation.services()).connections
      const body = { document, dryRun: false }
      const result = await handlers['POST /api/v1/connections/import'](ctx, { body }, noRequest)
      const rows = result.results.map(({ status, name, detail }) => [status, name, detail])
      const refused = result.results.some(({ status }) => status === 'refused')
      return { result, text: table(rows), exitCode: refused ? 1 : 0 }
    },
  },
}

// These handlers read nothing of the request.
const noRequest = {} as never

async function readDocument(path: string): Promise<ConnectionDocument> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'
    throw new UsageError(`${path} ${reason}`)
  }
  const parsed = ConnectionDocument.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${path}: ${issue?.path.join('.')} is not valid: ${issue?.message}`)
}
