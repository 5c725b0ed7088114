import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttpBrowser } from '../support/http-browser.ts'
import { launch, persona, prepareLaunch, startLms, type TestLms } from '../support/lms-client.ts'
import { startTestTool, type TestTool } from '../support/lti-test-tool.ts'

let lms: TestLms
let tool: TestTool

const page = async (path: string): Promise<string> =>
  (await createHttpBrowser().open(`${lms.baseUrl}${path}`)).body

describe('the pages', () => {
  beforeAll(async () => {
    lms = await startLms({ path: '/sandbox/lms' })
    tool = await startTestTool(lms)
  })
  afterAll(async () => {
    await tool.close()
    await lms.close()
  })

  it('show each person their own courses', async () => {
    const teacher = await page('/?as=3')
    const student = await page('/?as=11')

    expect(teacher).toContain('Year 8 Mathematics')
    expect(teacher).toContain('Year 9 English')
    expect(student).toContain('Year 8 Mathematics')
    expect(student).not.toContain('Year 9 English')
  })

  it('offer content from a tool to the teacher only, in links below the mount path', async () => {
    const teacher = await page('/courses/2?as=3')
    const student = await page('/courses/2?as=11')

    expect(teacher).toContain(`href="/sandbox/lms/courses/2/add?as=3&amp;tool=${tool.id}"`)
    expect(student).not.toContain('Select content')
  })

  it('escape what a tool named an activity', async () => {
    await lms.addLink(tool.id, { title: '<script>alert(1)</script>', text: '"quoted"' })

    const body = await page('/courses/2?as=3')

    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(body).not.toContain('<script>alert')
  })

  it('frame an activity as Moodle does, with the tool’s origin in the policy', async () => {
    const { link } = await lms.addLink(tool.id, { title: 'Framed' })

    const answer = await createHttpBrowser().open(
      `${lms.baseUrl}/courses/2/activities/${link.id}?as=11`,
    )

    const origin = new URL(tool.redirectUri).origin
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toContain(`frame-src 'self' ${origin}`)
    expect(policy).toContain(`form-action 'self' ${origin}`)
    expect(policy).toContain("script-src 'self'")
    expect(answer.body).toContain(`allow="microphone ${origin}; camera ${origin};`)
    expect(answer.body).not.toContain('sandbox="')
    expect(answer.body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
  })

  it('open an activity without points when a teacher adds the tool itself', async () => {
    const browser = createHttpBrowser()

    const answer = await browser.open(`${lms.baseUrl}/courses/2/links?as=3`, {
      form: { toolId: tool.id },
    })

    expect(answer.body).toContain('Added: Test tool.')
    const added = (await lms.links()).at(-1)
    const { answer: launched } = await launch(lms, { as: '11', linkId: added?.id ?? '' })
    expect(launched.body).toBe('launched')
  })

  it('take an activity and its grades away', async () => {
    const { link, lineItem } = await lms.addLink(tool.id, {
      title: 'Gone soon',
      lineItem: { scoreMaximum: 1 },
    })

    const answer = await createHttpBrowser().open(
      `${lms.baseUrl}/courses/2/activities/${link.id}/delete?as=3`,
      { form: {} },
    )

    expect(answer.body).toContain('Removed: Gone soon.')
    const { columns } = await lms.gradebook()
    expect(columns.map(({ id }) => id)).not.toContain(lineItem?.id)
  })

  it('refuse students what is for teachers', async () => {
    const browser = createHttpBrowser()

    const form = await browser.open(`${lms.baseUrl}/courses/2/links?as=11`, {
      form: { toolId: tool.id },
    })
    const chooser = await browser.open(`${lms.baseUrl}/courses/2/add?as=11&tool=${tool.id}`)

    expect([form.status, chooser.status]).toEqual([403, 403])
  })

  it('show the message a tool appends to the return address', async () => {
    expect(await page('/courses/2?as=11&lti_msg=See+you')).toContain('See you')
  })

  it('show everybody’s grades to the teacher and their own to a student', async () => {
    await lms.addLink(tool.id, { title: 'Graded', lineItem: { scoreMaximum: 10 } })

    const teacher = await page('/courses/2/gradebook?as=3')
    const student = await page('/courses/2/gradebook?as=11')

    expect(teacher).toContain('Grades in Year 8 Mathematics</caption>')
    expect(teacher).toContain('Ben Specimen')
    expect(student.slice(student.indexOf('<table'))).not.toContain('Ben Specimen')
    expect(student).toContain('Grades of Ava Example')
  })

  it('register a tool by form and list the values its administrator needs', async () => {
    const browser = createHttpBrowser()

    const answer = await browser.open(`${lms.baseUrl}/tools?as=3`, {
      form: {
        name: 'Other tool',
        clientId: 'other-client',
        toolUrl: 'https://other.example/lti',
        loginUrl: 'https://other.example/lti/login',
        redirectUris: 'https://other.example/lti/launch\nhttps://other.example/lti/again',
        jwksUri: 'https://other.example/lti/jwks',
      },
    })

    for (const value of ['other-client', ...Object.values(lms.platform)]) {
      expect(answer.body).toContain(`data-copy="${value}"`)
    }
  })

  it.each([
    ['without name', { name: '' }, 'fill in “name”'],
    ['with a relative address', { toolUrl: '/lti' }, 'complete web address'],
    ['without redirect URI', { redirectUris: [] }, 'at least one complete web address'],
    ['with a client id in use', { clientId: 'taken' }, 'already in use'],
  ])('refuse a tool %s', async (_name, change, sentence) => {
    const right = {
      name: 'Third',
      toolUrl: 'https://third.example/lti',
      loginUrl: 'https://third.example/login',
      redirectUris: ['https://third.example/launch'],
      jwksUri: 'https://third.example/jwks',
    }
    if ('clientId' in change) await lms.registerTool({ ...right, clientId: 'taken' })

    await expect(lms.registerTool({ ...right, ...change })).rejects.toThrow(sentence)
  })

  it('show the protocol at work without its secrets', async () => {
    const { link } = await lms.addLink(tool.id, { title: 'Logged' })
    const { idToken } = await prepareLaunch(lms, { as: '11', linkId: link.id })
    const assertion = await tool.assertion()
    const token = await tool.accessToken(
      'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
    )

    const body = await page('/log?as=3')

    expect(body).toContain('Authentication request')
    expect(body).toContain('LtiResourceLinkRequest')
    expect(body).toContain('Access token')
    for (const secret of [idToken, assertion, token]) {
      expect(body).not.toContain(secret.split('.').at(-1))
    }
  })

  it('refuse changes from pages of other sites', async () => {
    const answer = await createHttpBrowser().send(`${lms.baseUrl}/reset?as=3`, {
      form: {},
      headers: { origin: 'http://localhost:9' },
    })

    expect(answer.status).toBe(403)
  })

  it('send a browser that came by another loopback name to their own', async () => {
    const elsewhere = lms.baseUrl.replace('127.0.0.1', 'localhost')

    const answer = await createHttpBrowser().send(`${elsewhere}/courses/2?as=11`)

    expect(answer.headers.get('location')).toBe(`${lms.baseUrl}/courses/2?as=11`)
  })

  it('say so when there is nothing', async () => {
    const missing = await createHttpBrowser().open(`${lms.baseUrl}/nowhere`)
    const nobody = await createHttpBrowser().open(`${lms.baseUrl}/?as=999`)

    expect([missing.status, nobody.status]).toEqual([404, 404])
  })
})

describe('the memory', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lms-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  it('keeps courses, grades and the key over a restart, in a file nobody else can read', async () => {
    const stateFile = join(folder, 'below', 'lms.json')
    const first = await startLms({ stateFile })
    const firstTool = await startTestTool(first)
    await first.addLink(firstTool.id, { title: 'Kept', lineItem: { scoreMaximum: 3 } })
    const keys = await (await fetch(first.platform.jwksUri)).json()
    await first.close()

    const second = await startLms({ stateFile })
    const links = await second.links()
    const { columns } = await second.gradebook()
    const keysAfter = await (await fetch(second.platform.jwksUri)).json()
    await second.close()
    await firstTool.close()

    expect(links.map(({ title }) => title)).toEqual(['Kept'])
    expect(columns).toHaveLength(1)
    expect(keysAfter).toEqual(keys)
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600)
  })

  it('sets a broken file aside and starts anew', async () => {
    const stateFile = join(folder, 'lms.json')
    await writeFile(stateFile, '{"version":')

    const started = await startLms({ stateFile })
    const links = await started.links()
    await started.close()

    expect(links).toEqual([])
    expect(await readFile(`${stateFile}.unreadable`, 'utf8')).toBe('{"version":')
  })

  it('keeps tools and keys when it is reset', async () => {
    const started = await startLms()
    const added = await startTestTool(started)
    await started.addLink(added.id, { title: 'Short-lived', lineItem: { scoreMaximum: 1 } })
    await started.setFaults({ replay: true })

    await started.call('POST', '/reset')

    expect(await started.links()).toEqual([])
    expect((await started.gradebook()).columns).toEqual([])
    expect(await started.call('GET', '/faults')).toMatchObject({ replay: false })
    expect(await started.call('GET', '/tools')).toHaveLength(1)
    await added.close()
    await started.close()
  })

  it('keeps the number of a tool it is started with again', async () => {
    const stateFile = join(folder, 'lms.json')
    const registration = {
      clientId: 'fixed',
      deploymentId: '7',
      name: 'Fixed',
      toolUrl: 'http://localhost:1/lti',
      loginUrl: 'http://localhost:1/lti/login',
      redirectUris: ['http://localhost:1/lti/launch'],
      jwksUri: 'http://localhost:1/lti/jwks',
      deepLinkUrl: 'http://localhost:1/lti',
    }
    const first = await startLms({ stateFile, tools: [registration] })
    const before = await first.call('GET', '/tools')
    await first.close()

    const second = await startLms({ stateFile, tools: [{ ...registration, name: 'Renamed' }] })
    const after = await second.call('GET', '/tools')
    await second.close()

    expect(before).toMatchObject([{ id: '1', name: 'Fixed' }])
    expect(after).toMatchObject([{ id: '1', name: 'Renamed', deploymentId: '7' }])
  })
})

it('has one teacher and one student that tests can rely on', async () => {
  const started = await startLms()
  const described = await started.call('GET', '/courses')
  await started.close()

  expect(described).toMatchObject([
    {
      id: '2',
      members: expect.arrayContaining([
        { userId: persona.teacher, role: 'instructor', name: 'Tess Template' },
        { userId: persona.student, role: 'learner', name: 'Ava Example' },
      ]),
    },
    { id: '3' },
  ])
})
