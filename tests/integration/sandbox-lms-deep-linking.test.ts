import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BrowserAnswer } from '../support/http-browser.ts'
import { launch, persona, prepareLaunch, startLms, type TestLms } from '../support/lms-client.ts'
import { deepLinkingSettings, startTestTool, type TestTool } from '../support/lti-test-tool.ts'

const lti = 'https://purl.imsglobal.org/spec/lti/claim'
const dl = 'https://purl.imsglobal.org/spec/lti-dl/claim'

let lms: TestLms
let tool: TestTool

beforeAll(async () => {
  lms = await startLms()
  tool = await startTestTool(lms)
})
afterAll(async () => {
  await tool.close()
  await lms.close()
})
beforeEach(async () => {
  await lms.setSettings({ acceptMultiple: true, acceptLineItem: true, acceptWebLinks: false })
})

const quiz = {
  type: 'ltiResourceLink',
  title: 'Quiz <1>',
  text: 'Ten questions',
  url: 'https://tool.example/quiz/1',
  custom: { level: 'easy' },
  iframe: { width: 800, height: 700 },
  lineItem: { scoreMaximum: 50, label: 'Quiz mark', resourceId: 'quiz-1', tag: 'final' },
}

/** Opens the chooser as a teacher and returns what the tool answers. */
async function choose(
  items: unknown,
  changes: Record<string, unknown> = {},
): Promise<{ answer: BrowserAnswer; request: JWTPayload; resend: () => Promise<BrowserAnswer> }> {
  const { idToken, browser } = await prepareLaunch(lms, { as: persona.teacher, toolId: tool.id })
  const request = await tool.verify(idToken)
  const JWT = await tool.deepLinkingResponse(request, items, changes)
  const url = deepLinkingSettings(request).deep_link_return_url
  const resend = () => browser.send(url, { form: { JWT } })
  return { answer: await resend(), request, resend }
}

describe('the deep-linking request', () => {
  it('says what the course accepts', async () => {
    const { idToken } = await prepareLaunch(lms, { as: persona.teacher, toolId: tool.id })

    const request = await tool.verify(idToken)

    expect(request[`${lti}/message_type`]).toBe('LtiDeepLinkingRequest')
    expect(request).not.toHaveProperty([`${lti}/resource_link`])
    expect(request[`${dl}/deep_linking_settings`]).toMatchObject({
      accept_types: ['ltiResourceLink'],
      accept_presentation_document_targets: ['iframe', 'window'],
      accept_multiple: true,
      accept_lineitem: true,
    })
  })

  it('is for teachers only', async () => {
    await expect(launch(lms, { as: persona.student, toolId: tool.id })).rejects.toThrow(
      'Only teachers of this course',
    )
  })
})

describe('the deep-linking response', () => {
  it('adds the activity with its gradebook column', async () => {
    const { answer } = await choose([quiz])

    const added = (await lms.links()).at(-1)
    const { columns } = await lms.gradebook()

    expect(answer.status).toBe(200)
    expect(answer.body).toContain('Quiz &lt;1&gt;, 50 points')
    expect(added).toMatchObject({ title: 'Quiz <1>', url: quiz.url, custom: quiz.custom })
    expect(columns.at(-1)).toMatchObject({
      linkId: added?.id,
      label: 'Quiz mark',
      scoreMaximum: 50,
      resourceId: 'quiz-1',
      tag: 'final',
    })
  })

  it('is launched afterwards at its own address', async () => {
    await choose([quiz])
    const added = (await lms.links()).at(-1)

    const { login, idToken } = await prepareLaunch(lms, {
      as: persona.student,
      linkId: added?.id ?? '',
    })

    const claims = await tool.verify(idToken)
    expect(login.fields['target_link_uri']).toBe(quiz.url)
    expect(claims[`${lti}/custom`]).toEqual({ level: 'easy' })
  })

  it('adds several, and a label falls back to the title', async () => {
    const before = (await lms.links()).length

    const second = { type: 'ltiResourceLink', title: 'Second', lineItem: { scoreMaximum: 5 } }
    await choose([quiz, second])

    expect(await lms.links()).toHaveLength(before + 2)
    expect((await lms.gradebook()).columns.at(-1)?.label).toBe('Second')
  })

  it('adds nothing when the teacher chose nothing', async () => {
    const before = (await lms.links()).length

    const { answer } = await choose([])

    expect(answer.status).toBe(200)
    expect(answer.body).toContain('Nothing was added')
    expect(await lms.links()).toHaveLength(before)
  })

  it('shows the messages of the tool', async () => {
    const { answer } = await choose([], {
      [`${dl}/msg`]: 'See you soon',
      [`${dl}/errormsg`]: 'The library was closed',
    })

    expect(answer.body).toContain('See you soon')
    expect(answer.body).toContain('The library was closed')
  })

  it('leaves the column out when the course takes none', async () => {
    await lms.setSettings({ acceptLineItem: false })
    const before = (await lms.gradebook()).columns.length

    await choose([quiz])

    expect((await lms.gradebook()).columns).toHaveLength(before)
  })

  it('counts once however often it is sent', async () => {
    const { resend } = await choose([quiz])
    const before = (await lms.links()).length

    const again = await resend()

    expect(again.status).toBe(409)
    expect(await lms.links()).toHaveLength(before)
  })

  it('accepts a plain link only when that is switched on', async () => {
    const link = { type: 'link', title: 'Video', url: 'https://video.example/1' }

    const refused = await choose([link])
    await lms.setSettings({ acceptWebLinks: true })
    const accepted = await choose([link])

    expect(refused.answer.body).toContain('does not accept items of the type “link”')
    expect(accepted.answer.body).toContain('Added to the course')
  })
})

describe('a deep-linking response is refused', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['from another issuer', { iss: 'somebody' }, 'iss'],
    ['to another audience', { aud: 'https://other.example' }, 'aud'],
    ['that has expired', { exp: 1_700_000_000 }, 'exp'],
    ['without exp', { exp: undefined }, 'exp'],
    ['without iat', { iat: undefined }, 'iat'],
    ['from the future', { iat: Math.floor(Date.now() / 1000) + 600 }, 'iat'],
    ['without nonce', { nonce: undefined }, 'nonce is missing'],
    [
      'of another message type',
      { [`${lti}/message_type`]: 'LtiResourceLinkRequest' },
      'message_type',
    ],
    ['of another version', { [`${lti}/version`]: '1.1' }, 'version'],
    ['of another deployment', { [`${lti}/deployment_id`]: 'x' }, 'deployment_id'],
    ['with other data', { [`${dl}/data`]: 'changed' }, 'data should be'],
    ['without data', { [`${dl}/data`]: undefined }, 'data should be'],
  ]
  it.each(cases)('%s', async (_name, changes, reason) => {
    const before = (await lms.links()).length

    const { answer } = await choose([quiz], changes)

    expect(answer.status).toBe(400)
    expect(answer.body).toContain(reason)
    expect(await lms.links()).toHaveLength(before)
  })

  const items: [string, unknown, string][] = [
    ['that is not a list', { type: 'ltiResourceLink' }, 'must be a list'],
    ['of an unknown type', [{ type: 'html', html: '<b>' }], 'type “html”'],
    ['with an address that runs script', [{ ...quiz, url: 'javascript:alert(1)' }], 'web address'],
    ['with a column without points', [{ ...quiz, lineItem: { label: 'x' } }], 'scoreMaximum'],
    ['with a custom number', [{ ...quiz, custom: { level: 3 } }], 'custom parameter'],
  ]
  it.each(items)('with content %s', async (_name, value, reason) => {
    const { answer } = await choose(value)

    expect(answer.status).toBe(400)
    expect(answer.body).toContain(reason)
  })

  it('with more than one item where one was asked for', async () => {
    await lms.setSettings({ acceptMultiple: false })

    const { answer } = await choose([quiz, quiz])

    expect(answer.body).toContain('only one item')
  })

  it('with a nonce of an earlier one', async () => {
    const nonce = randomUUID()
    await choose([], { nonce })

    const { answer } = await choose([], { nonce })

    expect(answer.body).toContain('nonce was used before')
  })

  it('when it is signed with a key the tool does not publish', async () => {
    const { idToken, browser } = await prepareLaunch(lms, { as: persona.teacher, toolId: tool.id })
    const request = await tool.verify(idToken)
    const JWT = await new SignJWT({ iss: tool.clientId })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('a secret that both sides could guess'))

    const url = deepLinkingSettings(request).deep_link_return_url
    const answer = await browser.send(url, { form: { JWT } })

    expect(answer.status).toBe(400)
    expect(answer.body).toContain('not valid')
  })

  it('at a return address nobody was given', async () => {
    const { browser } = await prepareLaunch(lms, { as: persona.teacher, toolId: tool.id })

    const answer = await browser.send(`${lms.baseUrl}/lti/deep-linking/guess`, {
      form: { JWT: 'x' },
    })

    expect(answer.status).toBe(404)
  })
})
