import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type LTISession, LTITool } from '@lti-tool/core'
import express from 'express'
import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formOf } from '../support/http-browser.ts'
import {
  launch,
  persona,
  portOf,
  prepareLaunch,
  startLms,
  type TestLms,
} from '../support/lms-client.ts'
import { createMemoryLtiStorage } from '../support/memory-lti-storage.ts'

// A tool that was written by others: what it accepts shows that the simulated LMS speaks LTI.

let lms: TestLms
let server: Server
let tool: LTITool
let toolId: string

beforeAll(async () => {
  lms = await startLms()
  tool = new LTITool({
    stateSecret: randomBytes(32),
    keyPair: await generateKeyPair('RS256', { extractable: true }),
    storage: createMemoryLtiStorage(),
    security: { keyId: 'lti-tool-key' },
  })
  const app = toolApp()
  server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${portOf(server)}`

  const registered = await lms.registerTool({
    name: 'lti-tool',
    toolUrl: `${origin}/start`,
    loginUrl: `${origin}/login`,
    redirectUris: [`${origin}/launch`],
    jwksUri: `${origin}/jwks`,
  })
  toolId = registered.id
  const clientId = await tool.addClient({
    name: 'Larkfield Academy',
    iss: lms.platform.issuer,
    clientId: registered.clientId,
    authUrl: lms.platform.authorizationEndpoint,
    tokenUrl: lms.platform.tokenEndpoint,
    jwksUrl: lms.platform.jwksUri,
  })
  await tool.addDeployment(clientId, { deploymentId: registered.deploymentId })
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await lms.close()
})

function toolApp() {
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.get('/jwks', async (_req, res) => void res.json(await tool.getJWKS()))
  app.post('/login', async (req, res) => {
    const launchUrl = `http://${req.get('host')}/launch`
    res.redirect(302, await tool.handleLogin({ ...req.body, launchUrl }))
  })
  app.post('/launch', async (req, res) => {
    const claims = await tool.verifyLaunch(req.body.id_token, req.body.state)
    const session = await tool.createSession(claims)
    if (session.isDeepLinkingAvailable) {
      res.send(await tool.createDeepLinkingResponse(session, [quiz]))
      return
    }
    res.json({ session: session.id })
  })
  app.use(
    (error: Error, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
      res.status(401).send(error.message)
    },
  )
  return app
}

const quiz = {
  type: 'ltiResourceLink',
  title: 'Quiz of another maker',
  custom: { quiz: '7' },
  lineItem: { scoreMaximum: 40, label: 'Quiz of another maker', resourceId: 'quiz-7' },
} as const

async function launchedSession(as: string, linkId: string): Promise<LTISession> {
  const { answer } = await launch(lms, { as, linkId })
  expect(answer.status, answer.body).toBe(200)
  const session = await tool.getSession(JSON.parse(answer.body).session)
  if (!session) throw new Error('the tool has no such session')
  return session
}

describe('@lti-tool/core', () => {
  it('is launched as a teacher and as a student', async () => {
    const { link } = await lms.addLink(toolId, { title: 'Start', custom: { chapter: '3' } })

    const teacher = await launchedSession(persona.teacher, link.id)
    const student = await launchedSession(persona.student, link.id)

    expect(teacher).toMatchObject({ isInstructor: true, isStudent: false })
    expect(student).toMatchObject({
      isInstructor: false,
      isStudent: true,
      user: { id: persona.student, name: 'Ava Example' },
      context: { id: '2', label: 'Y8-MATHS' },
      customParameters: { chapter: '3' },
    })
  })

  it('adds content by deep linking, is launched from it and sends the grade back', async () => {
    const { answer, browser } = await launch(lms, { as: persona.teacher, toolId })
    const added = await browser.submit(formOf(answer))
    const link = (await lms.links()).at(-1)
    const session = await launchedSession(persona.student, link?.id ?? '')

    await tool.submitScore(session, {
      userId: persona.student,
      scoreGiven: 3,
      scoreMaximum: 4,
      comment: 'Nearly',
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    })

    expect(added.body).toContain('Quiz of another maker, 40 points')
    const { columns, rows } = await lms.gradebook()
    const grades = rows.find(({ userId }) => userId === persona.student)?.grades
    expect(grades).toMatchObject([
      { lineItemId: columns.at(-1)?.id, resultScore: 30, comment: 'Nearly' },
    ])
    expect(await tool.getScores(session)).toMatchObject([
      { userId: persona.student, resultScore: 30, resultMaximum: 40 },
    ])
  })

  it('works with the line items and the roster of the course', async () => {
    const { link } = await lms.addLink(toolId, { title: 'L', lineItem: { scoreMaximum: 5 } })
    const session = await launchedSession(persona.teacher, link.id)

    await tool.createLineItem(session, { label: 'Extra', scoreMaximum: 2 })
    const labels = (await tool.listLineItems(session)).map(({ label }) => label)
    const members = await tool.getMembers(session)

    expect(labels).toEqual(expect.arrayContaining(['L', 'Extra']))
    expect(members).toHaveLength(9)
    expect(members).toContainEqual(
      expect.objectContaining({ userId: persona.student, name: 'Ava Example', roles: ['Learner'] }),
    )
  })

  it.each([
    ['expiredToken'],
    ['wrongAudience'],
    ['wrongDeployment'],
    ['missingNonce'],
    ['unpublishedKey'],
  ])('refuses a launch with the fault %s', async (fault) => {
    const { link } = await lms.addLink(toolId, { title: 'Faulty' })
    await lms.setFaults({ [fault]: true })

    const { answer } = await launch(lms, { as: persona.student, linkId: link.id })
    await lms.setFaults({ [fault]: false })

    expect(answer.status).toBe(401)
  })

  it('refuses the same id_token a second time', async () => {
    const { link } = await lms.addLink(toolId, { title: 'Replayed' })
    const { browser, reply } = await prepareLaunch(lms, { as: persona.student, linkId: link.id })

    const first = await browser.submit(reply)
    const second = await browser.submit(reply)

    expect([first.status, second.status]).toEqual([200, 401])
  })
})
