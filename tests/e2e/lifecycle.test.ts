import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../backend/core/database/process-alive.ts'
import { type ChromiumProfile, launchProfile } from '../support/chromium-profile.ts'
import { runFailingServer } from '../support/failing-server.ts'
import { freePort, type LiveServer, startLiveServer } from '../support/live-server.ts'
import {
  answer,
  courseAddress,
  demoAdministrator,
  importSample,
  openActivity,
  pickWithKeyboard,
  signIn,
  toolFrame,
} from '../support/story.ts'

const title = 'Capital of Wales'

let dataDir: string
let port: number
let server: LiveServer
let profile: ChromiumProfile
let page: Page

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'edpsych-lifecycle-'))
  port = await freePort()
  server = await startLiveServer({ dataDir, port })
  profile = await launchProfile()
  page = await profile.context.newPage()
})
afterAll(async () => {
  await profile.close()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function enginePid(): Promise<number> {
  const record: { enginePid?: number } = JSON.parse(
    await readFile(join(dataDir, 'engine.json'), 'utf8'),
  )
  return record.enginePid ?? 0
}

const dead = (pid: number) =>
  vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 45_000, interval: 100 })

const lines = (output: string) => output.trim().split('\n')

describe('a server that is killed while people use it', () => {
  it('comes back with the session, the items and the answers, and leaves no engine behind', async () => {
    await signIn(page, server, demoAdministrator(server))
    await importSample(page, server)
    const student = await profile.context.newPage()
    await pickWithKeyboard(student, server, { title, words: 'wales' })
    await openActivity(student, server, title)
    await answer(toolFrame(student), 'Cardiff')
    await toolFrame(student).getByText('You scored 1 out of 1.').waitFor()
    await toolFrame(student).getByText('has been sent to your teacher’s gradebook').waitFor()
    const engine = await enginePid()

    await server.kill()
    await dead(engine)
    server = await startLiveServer({ dataDir, port })

    expect(await enginePid()).not.toBe(engine)
    await page.goto(`${server.url}/admin/items`)
    await page.getByRole('rowheader', { name: title }).waitFor()
    await page.goto(`${server.url}/admin/attempts`)
    await page
      .getByRole('row', { name: /1 of 1/ })
      .getByText('In the gradebook')
      .waitFor()
    await student.goto(courseAddress(server, 'student'))
    await student.getByText('Your grade: 1 / 1').waitFor()
    await student.close()
  })

  it('keeps the answers of a student who was in the middle, to be sent when it is back', async () => {
    const student = await profile.context.newPage()
    await openActivity(student, server, title)
    const frame = toolFrame(student)
    await frame.getByRole('radio', { name: 'Swansea' }).check()
    await frame.getByRole('button', { name: 'Check my answers' }).click()

    await server.kill()
    await frame.getByRole('button', { name: 'Send my answers' }).click()
    await frame.getByText('Your answers are still here. Nothing is lost.').waitFor()
    server = await startLiveServer({ dataDir, port })
    await frame.getByRole('button', { name: 'Try again' }).click()

    await frame.getByText('You scored 0 out of 1.').waitFor()
    await student.close()
  })
})

describe('a server that cannot start', () => {
  it('says in one line that another one uses its data', async () => {
    const { code, stderr } = await runFailingServer({
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
    })

    expect(code).toBe(1)
    expect(lines(stderr)).toEqual([expect.stringMatching(/DATA_DIR .* is in use by process \d+/)])
  })

  it('says in one line that its port is taken', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edpsych-taken-'))

    const { code, stderr } = await runFailingServer({ DATA_DIR: folder, PORT: String(port) })

    expect(code).toBe(1)
    expect(lines(stderr)).toEqual([
      `PORT=${port} is in use by another program: stop it, or choose another, for example PORT=3001`,
    ])
    await rm(folder, { recursive: true, force: true })
  })

  it.each([
    ['PORT', 'eighty'],
    ['PUBLIC_URL', 'https://connect.example.org/path'],
    ['LOG_LEVEL', 'loud'],
    ['EDPSYCH_DEMO', 'yes'],
    ['EDPSYCH_MASTER_KEY', 'short'],
  ])('says in one line what is wrong with %s', async (name, value) => {
    const { code, stdout, stderr } = await runFailingServer({ [name]: value })

    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(lines(stderr)).toEqual([expect.stringMatching(new RegExp(`^${name}.*${name}=`))])
  })
})

describe('a server that is told to stop', () => {
  it('ends with code 0 and takes its engine with it', async () => {
    const engine = await enginePid()
    const code = await server.stop()

    expect(code).toBe(0)
    await dead(engine)
  })
})
