import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SessionModel } from '../../backend/modules/lti/session-store.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { startLms, type TestLms } from '../support/lms-client.ts'
import { newTenant } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let lms: TestLms
let hostile: HostilePlatform
let clients = 0

beforeAll(async () => {
  tool = await startLtiTool({ host: 'localhost' })
  ;[lms, hostile] = await Promise.all([startLms(), startHostilePlatform()])
})

afterAll(async () => {
  await Promise.all([tool.stop(), lms.close(), hostile.stop()])
})

/** The tool in the simulated LMS and the LMS in the tool, with what a clumsy administrator changed. */
async function connect(changes: object = {}, toolChanges: object = {}) {
  clients += 1
  const tenantId = newTenant()
  const api = tool.as(tenantId)
  const registered = await lms.registerTool({
    name: 'EdPsych Connect',
    clientId: `tested-${clients}`,
    toolUrl: `${tool.publicUrl}/lti`,
    loginUrl: `${tool.publicUrl}/lti/login`,
    redirectUris: [`${tool.publicUrl}/lti/launch`],
    jwksUri: `${tool.publicUrl}/lti/jwks`,
    ...toolChanges,
  })
  const { id } = await api('POST /api/v1/lti/platforms', {
    body: {
      name: 'Tested LMS',
      clientId: registered.clientId,
      deploymentIds: [registered.deploymentId],
      ...lms.platform,
      ...changes,
    },
  })
  return {
    tenantId,
    test: (body: { loginHint?: string } = {}) =>
      api('POST /api/v1/lti/platforms/:id/test', { params: { id }, body }),
  }
}

type Result = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['test']>>

const statuses = ({ steps }: Result) =>
  Object.fromEntries(steps.map(({ step, status }) => [step, status]))

const stepOf = ({ steps }: Result, name: string) => steps.find(({ step }) => step === name)

describe('the test of a registration', () => {
  it('launches a test learner of an LMS that keeps one, and opens nothing', async () => {
    const { test, tenantId } = await connect()

    const result = await test()

    expect(result.ok).toBe(true)
    expect(statuses(result)).toEqual({
      keys: 'ok',
      token: 'ok',
      authentication: 'ok',
      launch: 'ok',
    })
    expect(stepOf(result, 'token')?.summary).toContain('sending grades')
    expect(stepOf(result, 'launch')?.summary).toContain('passed every check')
    expect(await SessionModel.countDocuments({ tenantId, launch: { $ne: null } })).toBe(0)
    expect((await test()).lastLaunchAt).toBeNull()
  })

  it('says that the keyset address is wrong, and tries no launch', async () => {
    const { test } = await connect({ jwksUri: `${lms.platform.issuer}/nothing-here` })

    const result = await test()

    expect(result.ok).toBe(false)
    expect(statuses(result)).toMatchObject({ keys: 'failed', token: 'ok', launch: 'skipped' })
    expect(stepOf(result, 'keys')?.whatToDo).toContain('public keyset URL')
  })

  it('says that the LMS does not know the client id', async () => {
    const { test } = await connect({ clientId: 'somebody-else' })

    const result = await test()

    expect(statuses(result)).toMatchObject({
      keys: 'ok',
      token: 'failed',
      authentication: 'failed',
      launch: 'skipped',
    })
    expect(stepOf(result, 'authentication')?.summary).toContain('client ID')
  })

  it('says that the LMS has another redirect address', async () => {
    const { test } = await connect({}, { redirectUris: ['https://elsewhere.example/lti/launch'] })

    const step = stepOf(await test(), 'authentication')

    expect(step?.status).toBe('failed')
    expect(step?.whatToDo).toContain(`${tool.publicUrl}/lti/launch`)
  })

  it('says that the deployment of the launch is another one', async () => {
    const { test } = await connect({ deploymentIds: ['not-this-one'] })

    const result = await test()

    expect(statuses(result)).toMatchObject({ authentication: 'ok', launch: 'failed' })
    expect(stepOf(result, 'launch')?.whatToDo).toContain('not registered')
  })

  it('takes a refusal to launch nobody in particular as proof that the tool is known', async () => {
    const { test } = await connect()

    const result = await test({ loginHint: 'whoever-this-is' })

    expect(stepOf(result, 'authentication')).toMatchObject({ status: 'ok' })
    expect(stepOf(result, 'launch')).toMatchObject({ status: 'unclear' })
    expect(result.ok).toBe(true)
  })

  it('names the address that does not answer', async () => {
    const { test } = await connect({ tokenEndpoint: 'http://127.0.0.1:9/token' })

    const step = stepOf(await test(), 'token')

    expect(step?.status).toBe('failed')
    expect(step?.summary).toContain('cannot be reached')
  })

  it('finds what is allowed where the LMS refuses a request for all of it', async () => {
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body: hostile.registration() })
    hostile.token.replies.push(
      { status: 400, body: '{"error":"invalid_scope"}' },
      { status: 200, body: '{"access_token":"t"}' },
      ...Array.from({ length: 4 }, () => ({ status: 400, body: '{"error":"invalid_scope"}' })),
    )

    const result = await api('POST /api/v1/lti/platforms/:id/test', { params: { id }, body: {} })

    expect(stepOf(result, 'token')).toMatchObject({
      status: 'ok',
      summary: 'The LMS recognises this tool and allows sending grades.',
    })
  })

  it('belongs to the organisation of the registration', async () => {
    const api = tool.as(newTenant())
    const { data } = await tool.as(newTenant())('GET /api/v1/lti/platforms', {})
    expect(data).toEqual([])

    const call = api('POST /api/v1/lti/platforms/:id/test', { params: { id: 'plat_x' }, body: {} })

    await expect(call).rejects.toMatchObject({ status: 404 })
  })
})
