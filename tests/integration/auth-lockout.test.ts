import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AuthServer,
  addSchools,
  addStaff,
  password,
  serveAuth,
} from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser, type StaffAnswer } from '../support/staff-browser.ts'

useTestDatabase()
let server: AuthServer
let people = 0
let schoolId: string

beforeAll(async () => {
  server = await serveAuth()
  schoolId = (await addSchools()).schoolId
})
afterAll(() => server.close())

async function newPerson(): Promise<string> {
  const email = `person${++people}@school.example`
  await addStaff(schoolId, email, 'teacher')
  return email
}

async function fail(email: string, from: string, times: number): Promise<StaffAnswer[]> {
  const answers: StaffAnswer[] = []
  for (let n = 0; n < times; n++) {
    answers.push(await createStaffBrowser(server.url, from).signIn(email, `wrong ${n}`))
  }
  return answers
}

describe('guessing', () => {
  it('is slowed more with each failure, and a right password does not shorten the wait', async () => {
    const email = await newPerson()

    const answers = await fail(email, '198.51.100.1', 6)

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
    expect(answers[5]?.headers.get('retry-after')).toBe('1')
    const browser = createStaffBrowser(server.url, '198.51.100.1')
    expect((await browser.signIn(email, password)).status).toBe(429)
    server.clock.advance(1000)
    expect((await browser.signIn(email, 'still wrong')).status).toBe(401)
    const next = await browser.signIn(email, password)
    expect(next.body.code).toBe('too_many_requests')
    expect(next.headers.get('retry-after')).toBe('2')
    server.clock.advance(2000)
    expect((await browser.signIn(email, password)).status).toBe(201)
  })

  it('does not get more tries by guessing in parallel', async () => {
    const email = await newPerson()

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        createStaffBrowser(server.url, '198.51.100.2').signIn(email, `wrong ${n}`),
      ),
    )

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35)
  })

  it('is slowed for accounts that do not exist as well', async () => {
    const answers = await fail('nobody@nowhere.example', '198.51.100.3', 6)

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
  })

  it('is forgotten after a success', async () => {
    const email = await newPerson()
    await fail(email, '198.51.100.4', 4)
    const browser = createStaffBrowser(server.url, '198.51.100.4')

    expect((await browser.signIn(email, password)).status).toBe(201)

    const answers = await fail(email, '198.51.100.4', 5)
    expect(answers.every(({ status }) => status === 401)).toBe(true)
  })
})

describe('a right password', () => {
  it('is accepted from many windows at once', async () => {
    const email = await newPerson()
    await createStaffBrowser(server.url, '198.51.100.20').signIn(email, password)

    const answers = await Promise.all(
      Array.from({ length: 9 }, () =>
        createStaffBrowser(server.url, '198.51.100.20').signIn(email, password),
      ),
    )

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 201))
  })
})

describe('nobody is locked out by somebody else', () => {
  it('who guesses from another address', async () => {
    const email = await newPerson()

    await fail(email, '198.51.100.10', 20)

    const victim = createStaffBrowser(server.url, '192.0.2.10')
    expect((await victim.signIn(email, password)).status).toBe(201)
  })

  it('who guesses from the same address, when the browser was used before', async () => {
    const email = await newPerson()
    const victim = createStaffBrowser(server.url, '198.51.100.11')
    await victim.signIn(email, password)
    await victim.call('DELETE /api/v1/session')

    const answers = await fail(email, '198.51.100.11', 20)

    expect(answers.at(-1)?.status).toBe(429)
    expect((await victim.signIn(email, password)).status).toBe(201)
  })

  it('who guesses from hundreds of addresses, at home or in a new place', async () => {
    const email = await newPerson()
    const usual = createStaffBrowser(server.url, '192.0.2.12')
    await usual.signIn(email, password)
    for (let host = 1; host <= 55; host++) await fail(email, `203.0.113.${host}`, 1)

    const sameAddressNewBrowser = createStaffBrowser(server.url, '192.0.2.12')
    const newPlace = createStaffBrowser(server.url, '192.0.2.99')

    expect((await usual.signIn(email, password)).status).toBe(201)
    expect((await sameAddressNewBrowser.signIn(email, password)).status).toBe(201)
    expect((await newPlace.signIn(email, 'mistyped')).status).toBe(401)
    expect((await newPlace.signIn(email, password)).status).toBe(201)
  })

  it('while a stranger under such an attack waits a minute after the third failure', async () => {
    const email = await newPerson()
    for (let host = 1; host <= 50; host++) await fail(email, `203.0.113.${100 + host}`, 1)

    const answers = await fail(email, '198.51.100.13', 4)

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429])
    expect(answers[3]?.headers.get('retry-after')).toBe('60')
  })

  it('who tries one password at every account from the school’s address', async () => {
    const colleague = await newPerson()
    const known = createStaffBrowser(server.url, '198.51.100.14')
    await known.signIn(colleague, password)
    for (let n = 0; n < 61; n++) await fail(`pupil-guess-${n}@school.example`, '198.51.100.14', 1)

    const sprayed = await fail('another@school.example', '198.51.100.14', 1)
    const newBrowser = createStaffBrowser(server.url, '198.51.100.14')

    expect(sprayed[0]?.status).toBe(429)
    expect((await newBrowser.signIn(colleague, password)).status).toBe(201)
    server.clock.advance(6000)
    expect((await fail('another@school.example', '198.51.100.14', 1))[0]?.status).toBe(401)
  })
})
