import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { systemContext } from '../../backend/core/tenancy.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { connectClassroom } from '../support/classroom-connection.ts'
import { googleSignIn } from '../support/google-sign-in.ts'
import { itemFixture } from '../support/item-xml.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// The add-on, links of published tasks and their grades, against the local Google Classroom.

let app: TestApp
let vendors: TestVendors
let google: string
let admin: StaffBrowser
let id: string
let itemId: string
let courseId: string
let teacher: string
let learners: string[]

beforeAll(async () => {
  vendors = await startVendors()
  google = vendors.urlOf('google-classroom')
  app = await startTestApp()
  admin = createStaffBrowser(app.url)
  await admin.signIn('admin@test.example', 'a long test passphrase')
  const report = await fetch(`${app.url}/api/v1/items/import?fileName=a-quarter.xml`, {
    method: 'POST',
    headers: {
      'content-type': 'application/xml',
      cookie: [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      origin: app.url,
      'x-edpsych-csrf': admin.csrfToken,
    },
    body: itemFixture('a-quarter'),
  })
  const { imported } = (await report.json()) as { imported: { id: string }[] }
  itemId = imported[0]?.id ?? ''
  id = await connectClassroom(admin, google.replace('/google-classroom', ''), { name: 'School' })
}, 60_000)
afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

beforeEach(async () => {
  courseId = '600000000002'
  const members = await roster()
  teacher = members.teacher
  learners = members.learners
  await fetch(`${google}/add-on`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ setupUri: `${app.url}/classroom/${id}/discovery` }),
  })
})

/** Who is in the class, by an administrator's eyes. */
async function roster() {
  const { connections } = app.server.services
  const tenantId = (await connections.findWorking(id))?.tenantId ?? ''
  const ctx = systemContext(tenantId, 'test')
  const opened = await connections.open(ctx, id, {
    signal: AbortSignal.timeout(10_000),
    purpose: 'test',
  })
  const ids = async (list: string) => {
    const answer = await opened.context.http.get(
      `v1/courses/${courseId}/${list}?pageSize=100`,
      anything,
    )
    return (answer as Record<string, { userId: string }[]>)[list]?.map(({ userId }) => userId) ?? []
  }
  const [teachers, students] = await Promise.all([ids('teachers'), ids('students')])
  return { teacher: teachers[0] ?? '', learners: students }
}
const anything = z.unknown()

/** A browser tab of one person: follows the sign-in at Google to its end. */
async function signIn(address: string, account: string, browser = createStaffBrowser(app.url)) {
  const { pathname, search } = new URL(address, app.url)
  let answer = await browser.call(`GET ${pathname}${search}`)
  for (let steps = 0; answer.headers.has('location') && steps < 6; steps++) {
    const next = new URL(answer.headers.get('location') ?? '', app.url)
    if (next.pathname === '/lti/app') return { location: next.hash, status: 200, body: '', browser }
    if (next.href.startsWith(google)) {
      const back = await fetch(next.origin + next.pathname, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams([
          ...next.searchParams,
          ['account', account],
          ['decision', 'allow'],
        ]),
      })
      const returned = new URL(back.headers.get('location') ?? '')
      answer = await browser.call(`GET ${returned.pathname}${returned.search}`)
    } else answer = await browser.call(`GET ${next.pathname}${next.search}`)
  }
  const location = /#code=[\w-]+/.exec(String(answer.body))?.[0] ?? ''
  return { location, status: answer.status, body: String(answer.body), browser }
}

/** Opens the frame that Classroom shows, signs in by its window, and takes the session over. */
async function openFrame(address: string, account: string) {
  const { pathname, search } = new URL(address)
  const page = await createStaffBrowser(app.url).call(`GET ${pathname}${search}`)
  expect(page.status).toBe(200)
  const href = /id="sign-in" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  return { page, ...(await signIn(href, account)) }
}

async function session({ location, body }: { location: string; body: string }) {
  if (location === '') throw new Error(`No session: ${body}`)
  const answer = await fetch(`${app.url}/lti/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: location.replace('#code=', '') }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every part of it
  const grant = (await answer.json()) as any
  const call = async (route: string, sent?: object) => {
    const [method = '', path = ''] = route.split(' ')
    const reply = await fetch(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${grant.token}`,
        'content-type': 'application/json',
      },
      ...(sent && { body: JSON.stringify(sent) }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every route
    return { status: reply.status, body: (await reply.json().catch(() => null)) as any }
  }
  return { launch: grant.launch, call }
}

const classPage = (path: string, as: string) => fetch(`${google}/c/${courseId}${path}?as=${as}`)

async function frames(path: string, as: string): Promise<string[]> {
  const text = await (await classPage(path, as)).text()
  return [...text.matchAll(/<iframe[^>]* src="([^"]+)"/g)].map(([, src = '']) =>
    src.replaceAll('&amp;', '&'),
  )
}

const gradeOf = async (path: string, learner: string): Promise<string> => {
  const text = await (await classPage(path, teacher)).text()
  return new RegExp(`/work/${learner}\\?[^<]*</a>: ([^<]+)<`).exec(text)?.[1] ?? ''
}

/** A task in Classroom with our item attached by its teacher; answers its path below the class. */
async function attach(title: string): Promise<string> {
  const made = await fetch(`${google}/c/${courseId}?as=${teacher}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ title }),
  })
  const path = /\/a\/\d+/.exec(made.headers.get('location') ?? '')?.[0] ?? ''
  const [discovery = ''] = await frames(`${path}/add-on`, teacher)
  const { launch, call } = await session(await openFrame(discovery, teacher))
  expect(launch).toMatchObject({
    messageType: 'LtiDeepLinkingRequest',
    target: { kind: 'chooser' },
  })
  const { body } = await call('POST /api/v1/lti/deep-linking', {
    choices: [{ kind: 'item', id: itemId }],
  })
  expect(body.returnUrl).toContain(`/classroom/${id}/done?count=1`)
  return path
}

async function answer(opened: Awaited<ReturnType<typeof session>>): Promise<string> {
  const { body } = await opened.call('POST /api/v1/attempts', { itemId })
  await opened.call(`POST /api/v1/attempts/${body.id}/submit`, { responses: {} })
  return body.id
}

const states = async (attemptId: string) => {
  const { body } = await admin.call(`GET /api/v1/grades?attemptId=${attemptId}`)
  return body.data.map(({ state, reason }: { state: string; reason: string }) => ({
    state,
    reason,
  }))
}

describe('the add-on', () => {
  it('attaches a choice, opens it for a learner and sends points, also when they are corrected', async () => {
    const path = await attach('Fractions')
    const [learner = ''] = learners
    const [studentView = ''] = await frames(path, learner)

    const visit = await session(await openFrame(studentView, learner))
    const attemptId = await answer(visit)

    expect(visit.launch).toMatchObject({
      user: { id: learner, roles: ['learner'] },
      target: { kind: 'item', id: itemId },
      lineItem: { present: true },
    })
    await vi.waitFor(
      async () => expect(await states(attemptId)).toMatchObject([{ state: 'sent' }]),
      15_000,
    )
    expect(await gradeOf(path, learner)).toBe('0 of 100')

    await admin.call(`PATCH /api/v1/results/${attemptId}`, { body: { score: 1 } })
    await vi.waitFor(async () => expect(await gradeOf(path, learner)).toBe('1 of 100'), 15_000)
  }, 60_000)

  it('shows the class by name to its teacher, and the work of one learner', async () => {
    const path = await attach('Decimals')
    const [learner = ''] = learners
    const [studentView = ''] = await frames(path, learner)
    await answer(await session(await openFrame(studentView, learner)))

    const [teacherView = ''] = await frames(path, teacher)
    const visit = await session(await openFrame(teacherView, teacher))
    const results = await vi.waitFor(async () => {
      const { body } = await visit.call('GET /api/v1/lti/class-results')
      expect(body.results.filter(({ attempt }: { attempt: unknown }) => attempt)).toHaveLength(1)
      return body
    }, 15_000)
    const [reviewView = ''] = await frames(`${path}/work/${learner}`, teacher)
    const review = await session(await openFrame(reviewView, teacher))
    const { body: work } = await review.call('GET /api/v1/lti/review')
    const corrected = await review.call(
      `PATCH /api/v1/lti/review/attempts/${work.attempts?.[0]?.id}`,
      {
        score: 1,
        comment: 'Well explained',
      },
    )

    expect(results).toMatchObject({ hasMembers: true, hasColumn: true })
    expect(results.results).toHaveLength(learners.length)
    expect(results.results.every(({ name }: { name: string }) => /^\S+ \S+/.test(name))).toBe(true)
    expect(work).toMatchObject({ mayCorrect: true, learner: { userId: learner } })
    expect(work.attempts).toHaveLength(1)
    expect(corrected.body).toMatchObject({ score: 1, comment: 'Well explained' })
    await vi.waitFor(async () => expect(await gradeOf(path, learner)).toBe('1 of 100'), 15_000)
  }, 60_000)

  it('keeps strangers and learners out', async () => {
    const path = await attach('Percentages')
    const [discovery = ''] = await frames(`${path}/add-on`, teacher)
    const [studentView = ''] = await frames(path, learners[0] ?? '')

    const learnerChooses = await openFrame(discovery, learners[0] ?? '')
    const stranger = await openFrame(studentView, '100000000000000000039')

    expect(learnerChooses).toMatchObject({ status: 403, location: '' })
    expect(stranger.location).toBe('')
    expect(stranger.status).toBeGreaterThanOrEqual(403)
  }, 60_000)

  it('takes over what was copied with its post, and only what the attachment itself names', async () => {
    const path = await attach('Area')
    const [learner = ''] = learners
    const [own = ''] = await frames(path, learner)
    const other = new URL((await frames(await attach('Volume'), learner))[0] ?? '')
    const { access_token: token } = await googleSignIn(google, {
      clientId: '104729000017-edpsych.apps.googleusercontent.com',
      clientSecret: 'GOCSPX-sandbox-secret',
      account: teacher,
      scopes: ['classroom.addons.teacher'],
    })
    const uri = (view: string) => ({
      uri: `${app.url}/classroom/${id}/${view}?work=${new URL(own).searchParams.get('work')}`,
    })
    const copied = await fetch(
      `${google}/v1/courses/${courseId}/courseWork${path.replace('/a', '')}/addOnAttachments`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          title: 'Copied',
          teacherViewUri: uri('teacher'),
          studentViewUri: uri('student'),
        }),
      },
    )
    expect(copied.status).toBe(200)
    const copy = (await frames(path, learner))[1] ?? ''
    const forged = new URL(copy)
    forged.searchParams.set('work', other.searchParams.get('work') ?? '')
    const without = new URL(copy)
    without.searchParams.delete('attachmentId')

    expect(await openFrame(forged.href, learner)).toMatchObject({ status: 404, location: '' })
    expect((await openFrame(without.href, learner)).location).toBe('')
    const { launch } = await session(await openFrame(copy, learner))
    const first = await session(await openFrame(own, learner))
    expect(launch.target).toEqual(first.launch.target)
    expect(launch.resourceLink.id).not.toBe(first.launch.resourceLink.id)
    expect(launch.platformOrigin).toBe(new URL(google).origin)
  }, 60_000)

  it('is framed by Classroom alone and says nothing of a connection that is not there', async () => {
    const frame = await fetch(`${app.url}/classroom/${id}/discovery`)
    const unknown = await fetch(`${app.url}/classroom/conn_none/discovery`)

    const policy = frame.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`frame-ancestors 'self' ${new URL(google).origin}`)
    expect(unknown.status).toBe(404)
    expect(await unknown.text()).toContain('does not exist or is not in use')
  })

  it('takes an answer of Google only in the browser that asked, once and unchanged', async () => {
    const browser = createStaffBrowser(app.url)
    const begun = await browser.call(
      `GET /classroom/${id}/sign-in?view=discovery&courseId=${courseId}&itemId=1&itemType=courseWork&popup=yes`,
    )
    const url = new URL(begun.headers.get('location') ?? '')
    const state = url.searchParams.get('state') ?? ''
    const back = (query: string, from = browser) => from.call(`GET /classroom/callback?${query}`)

    const elsewhere = await back(`state=${state}&code=x`, createStaffBrowser(app.url))
    const changed = await back(`state=${state.slice(0, -2)}xx&code=x`)
    const declined = await back(`state=${state}&error=access_denied`)
    const invented = await back(`state=${state}&code=invented`)

    expect(elsewhere.body).toContain('begun in another browser')
    expect(changed.body).toContain('does not belong to anything')
    expect(declined.body).toContain('You declined at Google')
    expect([elsewhere, changed, declined, invented].map(({ status }) => status)).toEqual([
      403, 403, 403, 403,
    ])
  })

  it('says why a grade is refused where the consent was withdrawn, and sends it when it is back', async () => {
    const path = await attach('Ratios')
    const [learner = ''] = learners
    const [studentView = ''] = await frames(path, learner)
    const visit = await session(await openFrame(studentView, learner))
    await vendors.dial('google-classroom', { expiredCredentials: true })

    const attemptId = await answer(visit)
    const refused = await vi.waitFor(async () => {
      const found = await states(attemptId)
      expect(found).toMatchObject([{ state: 'refused' }])
      return found
    }, 15_000)
    await vendors.dial('google-classroom', { expiredCredentials: false })
    const [teacherView = ''] = await frames(path, teacher)
    const teaching = await session(await openFrame(teacherView, teacher))
    await teaching.call('POST /api/v1/lti/class-results/resend', {})

    expect(refused[0]?.reason).toContain('consent')
    await vi.waitFor(async () => expect(await gradeOf(path, learner)).toBe('0 of 100'), 15_000)
  }, 60_000)
})

/** The chooser for the class, by the pages before it; under a topic of that name, or none. */
async function openPublishing({ topic }: { topic?: RegExp } = {}) {
  const begun = await signIn(`/classroom/${id}/publish`, teacher)
  const ticket = /name="ticket" value="([^"]+)"/.exec(begun.body)?.[1] ?? ''
  expect(begun.body).toContain(`value="${courseId}"`)
  const send = (fields: Record<string, string>) =>
    fetch(`${app.url}/classroom/${id}/publish`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ticket, courseId, ...fields }),
    })
  const topics = await (await send({})).text()
  const labels = [...topics.matchAll(/name="topicId" value="([^"]*)"[^>]*> ([^<]+)</g)]
  expect(labels[0]?.slice(1)).toEqual(['', 'No topic'])
  const topicId = topic ? (labels.find(([, , name = '']) => topic.test(name))?.[1] ?? '-') : ''
  const chosen = await send({ topicId })
  const location = new URL(chosen.headers.get('location') ?? '', app.url).hash
  return session({ location, body: await chosen.text() })
}

async function pathOf(title: string): Promise<string> {
  const page = await (await classPage('', teacher)).text()
  return new RegExp(`/a/\\d+(?=\\?[^>]*>${title})`).exec(page)?.[0] ?? ''
}

describe('publishing without the add-on', () => {
  it('makes a task with a link that signs its learners in, and gives grades for it', async () => {
    const chooser = await openPublishing()
    const { body } = await chooser.call('POST /api/v1/lti/deep-linking', {
      choices: [{ kind: 'item', id: itemId, title: 'Homework: a quarter' }],
    })
    expect(body.returnUrl).toContain('count=1')

    const path = await pathOf('Homework: a quarter')
    const task = await (await classPage(path, learners[1] ?? '')).text()
    const link = /href="([^"]*\/work\?work=[^"]+)"/.exec(task)?.[1] ?? ''
    const visit = await session(await signIn(link, learners[1] ?? ''))
    const attemptId = await answer(visit)

    await vi.waitFor(
      async () => expect(await states(attemptId)).toMatchObject([{ state: 'sent' }]),
      15_000,
    )
    expect(await gradeOf(path, learners[1] ?? '')).toMatch(/^0 of /)
    const stranger = await signIn(link, '100000000000000000039')
    expect(stranger.status).toBe(403)
  }, 60_000)

  it('takes over topic and dates, and shows nothing to learners before it opens', async () => {
    const inAnHour = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000)
    const nextWeek = new Date(inAnHour.getTime() + 7 * 86_400_000)
    const chooser = await openPublishing({ topic: /This term|this term/ })
    const { body } = await chooser.call('POST /api/v1/lti/deep-linking', {
      choices: [
        {
          kind: 'item',
          id: itemId,
          title: 'Homework: later',
          available: { startDateTime: inAnHour.toISOString() },
          submission: { endDateTime: nextWeek.toISOString() },
        },
      ],
    })
    expect(body.returnUrl).toContain('count=1')

    const path = await pathOf('Homework: later')
    const seen = await (await classPage(path, teacher)).text()
    expect(seen).toContain(`Due ${nextWeek.toISOString().slice(0, 16).replace('T', ' ')} UTC`)
    expect(seen).toContain(`Scheduled for ${inAnHour.toISOString()}`)
    expect(seen).toMatch(/Topic \d+/)
    expect((await classPage(path, learners[0] ?? '')).status).toBe(404)
  }, 60_000)

  it('refuses dates that Classroom cannot keep, before anything is published', async () => {
    const chooser = await openPublishing()
    const before = await (await classPage('', teacher)).text()
    const future = new Date(Date.now() + 86_400_000).toISOString()
    const past = new Date(Date.now() - 60_000).toISOString()
    const dates = [
      { available: { endDateTime: future } },
      { available: { startDateTime: past } },
      { submission: { endDateTime: past } },
    ]

    for (const date of dates) {
      const { status, body } = await chooser.call('POST /api/v1/lti/deep-linking', {
        choices: [
          { kind: 'item', id: itemId },
          { kind: 'item', id: itemId, ...date },
        ],
      })
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'lti_choice_not_accepted' })
    }
    expect(await (await classPage('', teacher)).text()).toBe(before)
  }, 60_000)

  it('is not begun with a ticket of somebody else or none', async () => {
    const answers = await Promise.all(
      ['', 'edp_sealed_invented'].map((ticket) =>
        fetch(`${app.url}/classroom/${id}/publish`, {
          method: 'POST',
          body: new URLSearchParams({ ticket, courseId }),
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
  })
})
