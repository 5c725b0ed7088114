import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import {
  type ChromiumProfile,
  launchProfile,
  type ThirdPartyCookies,
} from '../support/chromium-profile.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { painted } from '../support/painted.ts'
import { callApi } from '../support/staff-page.ts'
import { courseAddress, demoAdministrator, signIn, toolFrame } from '../support/story.ts'

let server: LiveServer
let admin: ChromiumProfile
let page: Page
let itemId: string
let itemTitle: string
let resourceName: string

beforeAll(async () => {
  server = await startLiveServer()
  admin = await launchProfile()
  page = await admin.context.newPage()
  await signIn(page, server, demoAdministrator(server))
  const [item] = await listed('/api/v1/items?sort=title&limit=1')
  itemId = item?.id ?? ''
  itemTitle = item?.title ?? ''
  const [resource] = await listed('/api/v1/resources?sort=name&limit=1')
  resourceName = resource?.name ?? ''
})

afterAll(async () => {
  await admin.close()
  await server.stop()
})

interface Listed {
  readonly id: string
  readonly title?: string
  readonly name?: string
}

/** Lists of the API hold their rows under `data`. */
async function listed(path: string): Promise<Listed[]> {
  const { data } = await callApi(page, 'GET', path)
  return data as Listed[]
}

it('makes a learning path with the keyboard and without accessibility findings', async () => {
  await page.goto(`${server.url}/admin/paths`)
  await page.getByRole('button', { name: 'Make a learning path' }).press('Enter')
  await page.getByLabel('Title').fill('Step by step')
  await page.getByLabel('Search items and resources to add').fill(resourceName)
  await page.getByRole('button', { name: `Add “${resourceName}”` }).press('Enter')
  await page.getByLabel('Search items and resources to add').fill(itemTitle)
  await page.getByRole('button', { name: `Add “${itemTitle}”` }).press('Enter')
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the learning path' }).press('Enter')

  await page.getByRole('heading', { level: 1, name: 'Step by step' }).waitFor()
  await page.getByRole('heading', { name: '2 steps' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
})

describe.each<ThirdPartyCookies>(['blocked', 'allowed'])(
  'with third-party cookies %s',
  (thirdPartyCookies) => {
    let profile: ChromiumProfile
    let course: Page
    const title = `Week 1 (${thirdPartyCookies})`

    beforeAll(async () => {
      profile = await launchProfile({ thirdPartyCookies })
      course = await profile.context.newPage()
    })
    afterAll(async () => {
      await profile.close()
    })

    async function choose(kind: string, name: string): Promise<void> {
      await course.goto(courseAddress(server, 'teacher'))
      await course.getByRole('link', { name: /^Select content from EdPsych Connect/ }).click()
      const frame = toolFrame(course)
      await frame.getByText(kind, { exact: true }).waitFor()
      await painted(frame)
      await frame.getByText(kind, { exact: true }).click()
      await frame.getByRole('checkbox', { name }).or(frame.getByRole('radio', { name })).check()
    }

    it('places a path under a title of its own, which a learner walks through', async () => {
      await choose('Learning paths', 'Step by step')
      const frame = toolFrame(course)
      await frame.getByRole('button', { name: 'Dates and points' }).press('Enter')
      await frame.getByLabel('Title in the course').fill(title)
      await frame.getByLabel('Can be opened from').fill('2026-11-01T08:00')
      expect(await axeFindings(course)).toEqual([])
      await frame.getByRole('button', { name: 'Add to the course' }).press('Enter')
      await course.getByText(`Added: ${title}`).waitFor()

      await course.goto(courseAddress(server, 'student'))
      await course.getByRole('link', { name: title }).click()
      await frame.getByRole('heading', { name: 'Step by step' }).waitFor()
      await frame.getByText('of 2 steps done').waitFor()
      await frame.getByRole('button', { name: resourceName }).press('Enter')
      await frame.getByRole('heading', { name: resourceName }).waitFor()
      await frame.getByRole('button', { name: 'Back to the steps' }).press('Enter')

      await frame.getByText('1 of 2 steps done').waitFor()
      expect(await axeFindings(course)).toEqual([])
    })

    it('places the results of the course, which only its teacher sees', async () => {
      await choose('Dashboards', 'Course results')
      const frame = toolFrame(course)
      await frame.getByRole('button', { name: 'Add to the course' }).press('Enter')
      await course.getByText('Added: Course results').waitFor()

      await course.goto(courseAddress(server, 'teacher'))
      await course.getByRole('link', { name: 'Course results' }).last().click()
      await frame.getByRole('heading', { name: /^Course results: / }).waitFor()
      await course.goto(courseAddress(server, 'student'))
      await course.getByRole('link', { name: 'Course results' }).last().click()
      await frame.getByRole('heading', { name: 'This page is for teachers' }).waitFor()
    })
  },
)

it('opens a copied course with everything in place, and tells its teacher once', async () => {
  const lms = `${server.sandboxUrl}/sandbox/lms`
  const imported = await fetch(`${lms}/api/courses/3/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: '2' }),
  })
  const copies = (await imported.json()) as { readonly id: string; readonly title: string }[]
  const copy = copies.find(({ title }) => title.startsWith('Week 1'))
  const teacher = await admin.context.newPage()
  const frame = toolFrame(teacher)
  const address = `${lms}/courses/3/activities/${copy?.id}?as=teacher`

  await teacher.goto(address)
  await frame.getByText('This course is a copy of “Year 8 Mathematics”.').waitFor()
  await frame.getByRole('heading', { name: 'Step by step' }).waitFor()
  expect(await axeFindings(teacher)).toEqual([])
  await teacher.goto(address)
  await frame.getByRole('heading', { name: 'Step by step' }).waitFor()

  expect(await frame.getByText('This course is a copy').count()).toBe(0)
  await teacher.goto(`${lms}/courses/3/activities/${copy?.id}?as=21`)
  await frame.getByText('0 of 2 steps done').waitFor()
  await teacher.close()
})

describe('an address in an e-mail', () => {
  it('asks for a sign-in and lands at exactly that object', async () => {
    const session = await callApi(page, 'GET', '/api/v1/session')
    const tenant = session['tenant'] as { readonly id: string }
    const visitor = await launchProfile()
    const fresh = await visitor.context.newPage()
    const { email, password } = demoAdministrator(server)

    await fresh.goto(`${server.url}/go/items/${itemId}?in=${tenant.id}`)
    await fresh.getByLabel('E-mail').fill(email)
    await fresh.getByLabel('Password').fill(password)
    await fresh.getByRole('button', { name: 'Sign in' }).click()

    await fresh.getByRole('heading', { level: 1, name: itemTitle }).waitFor()
    expect(fresh.url()).toBe(`${server.url}/admin/items/${itemId}`)
    await visitor.close()
  })

  it('goes nowhere but to objects of this site, and into no organisation of others', async () => {
    for (const path of [
      '/go/items/..%2F..%2Fkeys',
      '/go/elsewhere/x',
      '/go/items/%2F%2Fevil.example',
    ]) {
      const answer = await fetch(server.url + path, { redirect: 'manual' })
      expect([path, answer.status]).toEqual([path, 404])
    }
    await page.goto(`${server.url}/go/items/${itemId}?in=ten_of_somebody_else`)

    await page.getByRole('heading', { level: 1, name: itemTitle }).waitFor()
  })
})

it('exports a selection as a Common Cartridge', async () => {
  await page.goto(`${server.url}/admin/export`)
  await page.getByLabel(/Step by step \(learning path\)/).check()
  await page.getByLabel('Title of the cartridge').fill('Autumn')
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the cartridge' }).press('Enter')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download autumn.imscc' }).click()

  const bytes = await readFile(await (await download).path())

  expect((await download).suggestedFilename()).toBe('autumn.imscc')
  expect(bytes.subarray(0, 2).toString()).toBe('PK')
  expect(bytes.includes('imsmanifest.xml')).toBe(true)
})
