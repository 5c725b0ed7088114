import { auth, classroom, type classroom_v1 } from '@googleapis/classroom'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fullScope, type GoogleTokens, googleSignIn } from '../support/google-sign-in.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// The local Google Classroom, spoken to by Google's own client alone.

let vendors: TestVendors
let base: string
let credentials: { clientId: string; clientSecret: string }

beforeAll(async () => {
  vendors = await startVendors()
  base = vendors.urlOf('google-classroom')
})
beforeEach(async () => {
  await vendors.reset('google-classroom')
  const paste = await vendors.paste('google-classroom')
  credentials = {
    clientId: String(paste['Client ID']),
    clientSecret: String(paste['Client secret']),
  }
})
afterAll(async () => {
  await vendors.stop()
})

const otherClientId = '104729000017-other.apps.googleusercontent.com'

async function signIn(
  account: string,
  scopes: readonly string[],
  more: { clientId?: string; extra?: Record<string, string> } = {},
): Promise<GoogleTokens> {
  return googleSignIn(base, { ...credentials, account, scopes, ...more })
}

function clientOf({ access_token }: GoogleTokens): classroom_v1.Classroom {
  const signed = new auth.OAuth2()
  signed.setCredentials({ access_token })
  const request = signed.request.bind(signed)
  // The client knows a host as its root; the simulators share one.
  signed.request = (options) =>
    request({ ...options, url: String(options.url).replace(new URL(base).origin, base) })
  return classroom({ version: 'v1', rootUrl: base, auth: signed, retry: false })
}

const everything = [
  'openid',
  'email',
  'classroom.courses.readonly',
  'classroom.rosters.readonly',
  'classroom.coursework.students',
  'classroom.addons.teacher',
]

async function accounts(): Promise<{ teacher: string; learner: string; courseId: string }> {
  const page = await (
    await fetch(
      `${base}/o/oauth2/v2/auth?${new URLSearchParams({
        client_id: credentials.clientId,
        redirect_uri: 'http://127.0.0.1/back',
        response_type: 'code',
        scope: 'openid',
      })}`,
    )
  ).text()
  const of = (role: string) =>
    new RegExp(`value="(\\d{21})"[^>]*> [^<]*<small>[^<]*\\(${role}\\)`).exec(page)?.[1] ?? ''
  return { teacher: of('instructor'), learner: of('learner'), courseId: '600000000002' }
}

/** The error that Google's client throws. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; body: unknown }> {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  const { status, response } = error as { status: number; response?: { data: unknown } }
  return { status, body: response?.data }
}

describe('signing in', () => {
  it('gives a refresh token once, and all that was granted when that is asked for', async () => {
    const { teacher: account } = await accounts()
    const first = await signIn(account, ['openid', 'classroom.courses.readonly'])
    const second = await signIn(account, ['classroom.rosters.readonly'], {
      extra: { include_granted_scopes: 'true' },
    })
    const third = await signIn(account, ['openid'], { extra: { prompt: 'consent' } })

    expect(first.refresh_token).toBeTruthy()
    expect(first.id_token).toBeTruthy()
    expect(second.refresh_token).toBeUndefined()
    expect(second.scope.split(' ')).toContain(fullScope('classroom.courses.readonly'))
    expect(third.refresh_token).toBeTruthy()
    expect(third.scope).toBe('openid')
  })

  it('refuses a method whose scope was not granted, in Google’s words', async () => {
    const { teacher: account } = await accounts()
    const client = clientOf(await signIn(account, ['classroom.rosters.readonly']))

    const { status, body } = await refusal(client.courses.list())

    expect(status).toBe(403)
    expect(body).toMatchObject({
      error: {
        status: 'PERMISSION_DENIED',
        details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
      },
    })
  })

  it('ends with a revocation', async () => {
    const { teacher: account } = await accounts()
    const tokens = await signIn(account, everything)
    const client = clientOf(tokens)
    await client.courses.list()

    await fetch(`${base}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: tokens.access_token }),
    })

    expect((await refusal(client.courses.list())).status).toBe(401)
  })
})

describe('courses', () => {
  it('are those of the person, page by page', async () => {
    await vendors.dial('google-classroom', { users: 300 })
    const { teacher: account } = await accounts()
    const client = clientOf(await signIn(account, everything))

    const first = await client.courses.list({ teacherId: 'me', pageSize: 1 })
    const token = first.data.nextPageToken ?? ''

    expect(first.data.courses).toHaveLength(1)
    expect((await refusal(client.courses.list({ pageToken: 'x' }))).status).toBe(400)
    if (token !== '') {
      const next = await client.courses.list({ teacherId: 'me', pageSize: 1, pageToken: token })
      expect(next.data.courses?.[0]?.id).not.toBe(first.data.courses?.[0]?.id)
    }
  })

  it('tell e-mail addresses to those alone who were allowed them', async () => {
    const { teacher: account, courseId } = await accounts()
    const without = clientOf(await signIn(account, everything))
    const withThem = clientOf(await signIn(account, [...everything, 'classroom.profile.emails']))

    const plain = await without.courses.students.list({ courseId })
    const full = await withThem.courses.students.list({ courseId })

    expect(plain.data.students?.[0]?.profile?.emailAddress).toBeUndefined()
    expect(full.data.students?.[0]?.profile?.emailAddress).toContain('@')
  })

  it('that are not there are told from those of others', async () => {
    const { learner, teacher: account } = await accounts()
    const asTeacher = clientOf(await signIn(account, everything))
    const asLearner = clientOf(await signIn(learner, everything))

    expect((await refusal(asTeacher.courses.get({ id: '1' }))).status).toBe(404)
    expect((await refusal(asLearner.courses.get({ id: '600000000101' }))).status).toBe(404)
  })
})

describe('course work', () => {
  const due = { dueDate: { year: 2099, month: 5, day: 4 }, dueTime: { hours: 9, minutes: 0 } }

  it('is graded by the project that made it alone', async () => {
    const { teacher: account, courseId } = await accounts()
    const ours = clientOf(await signIn(account, everything))
    const others = clientOf(await signIn(account, everything, { clientId: otherClientId }))
    const made = await ours.courses.courseWork.create({
      courseId,
      requestBody: { title: 'Number bonds', workType: 'ASSIGNMENT', maxPoints: 20, ...due },
    })
    const courseWorkId = made.data.id ?? ''
    const list = await ours.courses.courseWork.studentSubmissions.list({ courseId, courseWorkId })
    const id = list.data.studentSubmissions?.[0]?.id ?? ''
    const grade = {
      courseId,
      courseWorkId,
      id,
      updateMask: 'draftGrade,assignedGrade',
      requestBody: { draftGrade: 15, assignedGrade: 15 },
    }

    const patched = await ours.courses.courseWork.studentSubmissions.patch(grade)
    const refused = await refusal(others.courses.courseWork.studentSubmissions.patch(grade))

    expect(made.data).toMatchObject({ associatedWithDeveloper: true, state: 'DRAFT' })
    expect(patched.data).toMatchObject({ assignedGrade: 15, draftGrade: 15 })
    expect(refused.status).toBe(403)
    expect(JSON.stringify(refused.body)).toContain('@ProjectPermissionDenied')
  })

  it('is not changed without a mask, nor due in the past', async () => {
    const { teacher: account, courseId } = await accounts()
    const client = clientOf(await signIn(account, everything))
    const late = { dueDate: { year: 2020, month: 1, day: 1 }, dueTime: { hours: 9 } }
    const body = { title: 'Late', workType: 'ASSIGNMENT' }

    const create = client.courses.courseWork.create({ courseId, requestBody: { ...body, ...late } })
    expect((await refusal(create)).status).toBe(400)
    const made = await client.courses.courseWork.create({ courseId, requestBody: body })
    const id = made.data.id ?? ''
    const patch = client.courses.courseWork.patch({ courseId, id, requestBody: { title: 'New' } })
    expect((await refusal(patch)).status).toBe(400)
  })
})

describe('attachments of an add-on', () => {
  it('carry points into the grade of the learner', async () => {
    const { teacher: account, courseId } = await accounts()
    const client = clientOf(await signIn(account, everything))
    const work = await client.courses.courseWork.create({
      courseId,
      requestBody: { title: 'With an attachment', workType: 'ASSIGNMENT', maxPoints: 10 },
    })
    const itemId = work.data.id ?? ''
    const view = { uri: 'https://edpsych.example/view' }
    const attachments = client.courses.courseWork.addOnAttachments
    const made = await attachments.create({
      courseId,
      itemId,
      requestBody: {
        title: 'Half of ninety',
        teacherViewUri: view,
        studentViewUri: view,
        studentWorkReviewUri: view,
        maxPoints: 10,
      },
    })
    const submissions = client.courses.courseWork.studentSubmissions
    const found = await submissions.list({ courseId, courseWorkId: itemId })
    const submissionId = found.data.studentSubmissions?.[0]?.id ?? ''

    await attachments.studentSubmissions.patch({
      courseId,
      itemId,
      attachmentId: made.data.id ?? '',
      submissionId,
      updateMask: 'pointsEarned',
      requestBody: { pointsEarned: 7 },
    })

    const graded = await submissions.get({ courseId, courseWorkId: itemId, id: submissionId })
    const context = await client.courses.courseWork.getAddOnContext({ courseId, itemId })
    expect(graded.data.draftGrade).toBe(7)
    expect(context.data).toMatchObject({ teacherContext: {}, supportsStudentWork: true })
  })
})

describe('news', () => {
  const feed = {
    feedType: 'COURSE_ROSTER_CHANGES',
    courseRosterChangesInfo: { courseId: '600000000002' },
  }
  const scopes = [...everything, 'classroom.push-notifications']

  it('are registered for a week, and the same request makes it longer', async () => {
    const { teacher: account } = await accounts()
    const client = clientOf(await signIn(account, scopes))
    const paste = await vendors.paste('google-classroom')
    const requestBody = { feed, cloudPubsubTopic: { topicName: String(paste['Pub/Sub topic']) } }

    const first = await client.registrations.create({ requestBody })
    await vendors.dial('google-classroom', { clockSkewSeconds: 600 })
    const again = await client.registrations.create({ requestBody })
    const wrong = client.registrations.create({
      requestBody: { feed, cloudPubsubTopic: { topicName: 'projects/x/topics/y' } },
    })

    expect(again.data.registrationId).toBe(first.data.registrationId)
    const [one = 0, two = 0] = [first, again].map(({ data }) => Date.parse(data.expiryTime ?? ''))
    expect(two - one).toBeGreaterThan(500_000)
    expect((await refusal(wrong)).status).toBe(400)
  })
})

describe('guardians', () => {
  it('are told where the domain allows it', async () => {
    const { teacher: account, courseId } = await accounts()
    const scopesOfIt = [...everything, 'classroom.guardianlinks.students.readonly']
    const client = clientOf(await signIn(account, scopesOfIt))
    const { data } = await client.courses.students.list({ courseId })
    const learners = data.students ?? []
    const lists = await Promise.all(
      learners.map(({ userId }) => client.userProfiles.guardians.list({ studentId: userId ?? '' })),
    )
    await fetch(`${base}/pubsub/guardians`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ allowed: false }),
    })

    const studentId = learners[0]?.userId ?? ''
    const refused = await refusal(client.userProfiles.guardians.list({ studentId }))

    expect(lists.some(({ data: list }) => (list.guardians ?? []).length > 0)).toBe(true)
    expect(refused.status).toBe(403)
  })
})
