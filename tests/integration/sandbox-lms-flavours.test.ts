import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlavourName } from '../../backend/sandbox/lms/index.ts'
import { course, launch, persona, startLms, type TestLms } from '../support/lms-client.ts'
import { startTestTool, type TestTool } from '../support/lti-test-tool.ts'

const lti = 'https://purl.imsglobal.org/spec/lti/claim'
const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

const running = {} as Record<FlavourName, { lms: TestLms; tool: TestTool }>

beforeAll(async () => {
  for (const flavour of ['moodle', 'canvas', 'blackboard'] as const) {
    const issuer = {
      canvas: 'https://canvas.instructure.com',
      blackboard: 'https://blackboard.com',
    }
    const lms = await startLms({
      flavour,
      ...(flavour === 'moodle' ? {} : { issuer: issuer[flavour] }),
    })
    running[flavour] = { lms, tool: await startTestTool(lms) }
  }
})

afterAll(async () => {
  for (const { lms, tool } of Object.values(running)) {
    await tool.close()
    await lms.close()
  }
})

/** The login, the launch form and the claims of a learner's launch. */
async function launchIn(flavour: FlavourName) {
  const { lms, tool } = running[flavour]
  const { link, lineItem } = await lms.addLink(tool.id, {
    title: 'Fractions',
    lineItem: { scoreMaximum: 4 },
  })
  const { login, reply, idToken } = await launch(lms, { as: persona.student, linkId: link.id })
  const [, payload = ''] = idToken.split('.')
  // A payload of the simulator's own making.
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  return { lms, tool, login: login.fields, reply: reply.fields, claims, lineItem }
}

async function membersIn(flavour: FlavourName) {
  const { lms, tool } = running[flavour]
  const bearer = await tool.accessToken(
    'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
  )
  const answer = await fetch(`${lms.baseUrl}/lti/services/${course.maths}/memberships`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  const { members } = (await answer.json()) as { members: Record<string, unknown>[] }
  return members
}

describe('the simulated Moodle', () => {
  it('has numbers for people and deployments, and no storage for tools', async () => {
    const { login, claims, tool } = await launchIn('moodle')

    expect(claims).toMatchObject({ sub: persona.student, [`${lti}/deployment_id`]: tool.id })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(60)
    expect(login).not.toHaveProperty('lti_storage_target')
    expect((await membersIn('moodle')).flatMap(({ roles }) => roles)).toContain('Learner')
  })
})

describe('the simulated Canvas', () => {
  it('says the deployment twice, offers a named frame twice, and has one issuer for all', async () => {
    const { login, reply, claims } = await launchIn('canvas')

    expect(login).toMatchObject({
      iss: 'https://canvas.instructure.com',
      deployment_id: login['lti_deployment_id'],
      canvas_region: expect.any(String),
      canvas_environment: expect.any(String),
    })
    expect(claims['iss']).toBe('https://canvas.instructure.com')
    expect(claims[`${lti}/deployment_id`]).toMatch(/^\d+:[\da-f]{40}$/)
    // Launched in a frame; the form of a window would offer none.
    expect([login['lti_storage_target'], reply['lti_storage_target']]).toEqual([
      'post_message_forwarding',
      'post_message_forwarding',
    ])
  })

  it('tells neither names nor addresses unless it was asked to, and opaque ids of people', async () => {
    const { claims } = await launchIn('canvas')
    const members = await membersIn('canvas')

    expect(claims['sub']).toMatch(uuid)
    expect(claims).not.toHaveProperty('name')
    expect(claims).not.toHaveProperty('email')
    expect(members.every((member) => !('name' in member) && !('email' in member))).toBe(true)
    expect(members.map(({ user_id }) => user_id)).toContain(claims['sub'])
  })

  it('keeps a grade for the person behind an opaque id', async () => {
    const { lms, tool, claims, lineItem } = await launchIn('canvas')
    const bearer = await tool.accessToken('https://purl.imsglobal.org/spec/lti-ags/scope/score')

    const answer = await fetch(
      `${lms.baseUrl}/lti/services/${course.maths}/lineitems/${lineItem?.id}/lineitem/scores`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bearer}`,
          'content-type': 'application/vnd.ims.lis.v1.score+json',
        },
        body: JSON.stringify({
          userId: claims['sub'],
          timestamp: new Date().toISOString(),
          scoreGiven: 3,
          scoreMaximum: 4,
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
        }),
      },
    )

    expect(answer.status).toBe(200)
    const row = (await lms.gradebook()).rows.find(({ userId }) => userId === persona.student)
    expect(row?.grades).toContainEqual(
      expect.objectContaining({ lineItemId: lineItem?.id, scoreGiven: 3 }),
    )
  })

  it('keeps its configuration from those without the token, and refuses what is no string', async () => {
    const { lms } = running.canvas
    const open = await fetch(`${lms.baseUrl}/lti/openid-configuration`)
    const { url } = (await lms.call('POST', '/registrations', {
      registrationUrl: 'https://tool.example/register',
    })) as { url: string }
    const token = new URL(url).searchParams.get('registration_token')

    const answer = await fetch(`${lms.baseUrl}/lti/registration`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        scope: '',
        'https://purl.imsglobal.org/spec/lti-tool-configuration': { custom_parameters: { a: 1 } },
      }),
    })

    expect(open.status).toBe(401)
    expect(answer.status).toBe(422)
  })
})

describe('the simulated Blackboard', () => {
  it('names its storage at the login only, and gives a session token for once', async () => {
    const { login, reply, claims } = await launchIn('blackboard')

    expect(login['lti_storage_target']).toBe('lti_storage_frame')
    expect(reply).not.toHaveProperty('lti_storage_target')
    expect(claims[`${lti}/deployment_id`]).toMatch(uuid)
    expect(claims).toHaveProperty('https://blackboard.com/lti/claim/one_time_session_token')
    expect(claims).toMatchObject({ iss: 'https://blackboard.com', name: expect.any(String) })
  })
})

describe('a registration in the simulated Moodle', () => {
  it('is refused in plain words where the domain has lost its port', async () => {
    const { lms } = running.moodle
    const { url } = (await lms.call('POST', '/registrations', {
      registrationUrl: 'https://tool.example/register',
    })) as { url: string }

    const answer = await fetch(`${lms.baseUrl}/lti/registration`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${new URL(url).searchParams.get('registration_token')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        'https://purl.imsglobal.org/spec/lti-tool-configuration': {
          domain: 'tool.example',
          target_link_uri: 'https://tool.example:8443/lti',
        },
      }),
    })

    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect([answer.status, await answer.text()]).toEqual([400, 'domain_targetlinkuri_mismatch'])
  })
})
