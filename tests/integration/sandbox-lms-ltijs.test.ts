import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type IdToken, Provider } from 'ltijs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createHttpBrowser, formOf } from '../support/http-browser.ts'
import { launch, persona, portOf, startLms, type TestLms } from '../support/lms-client.ts'
import { startTcpBridge, type TcpBridge } from '../support/tcp-bridge.ts'

// A second tool by other people; it brings its own Express, mongoose and cookies.

let lms: TestLms
let bridge: TcpBridge
let server: Server
let toolId: string
let origin: string
/** What ltijs made of the newest launch. */
let connected: IdToken | undefined

beforeAll(async () => {
  lms = await startLms()
  bridge = await startTcpBridge(inject('mongodbUri'))
  const database = new URL(bridge.uri)
  database.pathname = `/test_ltijs_${randomBytes(6).toString('hex')}`
  Provider.setup(
    randomBytes(16).toString('hex'),
    { url: database.href },
    { cookies: { secure: false, sameSite: '' }, devMode: false },
  )
  await Provider.deploy({ serverless: true, silent: true })
  server = createServer(Provider.app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://localhost:${portOf(server)}`

  const registered = await lms.registerTool({
    name: 'ltijs',
    toolUrl: `${origin}/`,
    loginUrl: `${origin}/login`,
    redirectUris: [`${origin}/`],
    jwksUri: `${origin}/keys`,
  })
  toolId = registered.id
  await Provider.registerPlatform({
    url: lms.platform.issuer,
    name: 'Larkfield Academy',
    clientId: registered.clientId,
    authenticationEndpoint: lms.platform.authorizationEndpoint,
    accesstokenEndpoint: lms.platform.tokenEndpoint,
    authConfig: { method: 'JWK_SET', key: lms.platform.jwksUri },
  })
  Provider.onConnect((token, req, res) => {
    connected = token
    res.send(`connected ${String(req.query['quiz'] ?? '')}`)
  })
  Provider.onDeepLinking(async (token, _req, res) => {
    const quiz = {
      type: 'ltiResourceLink',
      title: 'Quiz from ltijs',
      url: `${origin}/?quiz=7`,
      lineItem: { scoreMaximum: 10, label: 'Quiz from ltijs', tag: 'quiz' },
    }
    res.send(await Provider.DeepLinking.createDeepLinkingForm(token, [quiz], {}))
  })
})
afterAll(async () => {
  await Provider.Database.db.dropDatabase()
  await Provider.close({ silent: true })
  server.close()
  server.closeAllConnections()
  await bridge.close()
  await lms.close()
})

async function connect(as: string, linkId: string): Promise<{ token: IdToken; body: string }> {
  connected = undefined
  const { page } = await launch(lms, { as, linkId })
  if (!connected) throw new Error(`ltijs refused: ${page.status} ${page.body}`)
  return { token: connected, body: page.body }
}

describe('ltijs', () => {
  it('is launched as a teacher and as a student', async () => {
    const { link } = await lms.addLink(toolId, { title: 'Start', custom: { chapter: '3' } })

    const teacher = await connect(persona.teacher, link.id)
    const student = await connect(persona.student, link.id)

    expect(teacher.token.platformContext.roles).toEqual([
      'http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor',
    ])
    expect(student.token).toMatchObject({
      user: persona.student,
      userInfo: { name: 'Ava Example' },
      platformContext: {
        roles: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
        context: { id: '2' },
        custom: { chapter: '3' },
      },
    })
  })

  it('adds content by deep linking, is launched from it and sends the grade back', async () => {
    const { page, browser } = await launch(lms, { as: persona.teacher, toolId })
    const added = await browser.submit(formOf(page))
    const link = (await lms.links()).at(-1)
    const { token, body } = await connect(persona.student, link?.id ?? '')
    const lineItem = token.platformContext.endpoint?.lineitem ?? ''

    await Provider.Grade.submitScore(token, lineItem, {
      scoreGiven: 7,
      scoreMaximum: 10,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    })

    expect(added.body).toContain('Quiz from ltijs, 10 points')
    expect(body).toBe('connected 7')
    const { columns, rows } = await lms.gradebook()
    const grades = rows.find(({ userId }) => userId === persona.student)?.grades
    expect(grades).toMatchObject([{ lineItemId: columns.at(-1)?.id, resultScore: 7 }])
    expect((await Provider.Grade.getScores(token, lineItem)).scores).toMatchObject([
      { userId: persona.student, resultScore: 7, resultMaximum: 10 },
    ])
  })

  it('reads the roster', async () => {
    const { link } = await lms.addLink(toolId, { title: 'Roster' })
    const { token } = await connect(persona.teacher, link.id)

    const { members } = await Provider.NamesAndRoles.getMembers(token)

    expect(members).toHaveLength(9)
  })

  it('refuses a launch when the browser kept no cookie', async () => {
    const { link } = await lms.addLink(toolId, { title: 'No cookies' })

    const { page } = await launch(lms, {
      as: persona.student,
      linkId: link.id,
      browser: createHttpBrowser({ keepCookies: false }),
    })

    expect(page.status).toBe(401)
    expect(page.body).toContain('MISSING_VALIDATION_COOKIE')
  })

  it.each([['expiredToken'], ['wrongAudience'], ['unpublishedKey']])(
    'refuses a launch with the fault %s',
    async (fault) => {
      const { link } = await lms.addLink(toolId, { title: 'Faulty' })
      await lms.setFaults({ [fault]: true })

      const { page } = await launch(lms, { as: persona.student, linkId: link.id })
      await lms.setFaults({ [fault]: false })

      expect(page.status).toBe(401)
    },
  )
})
