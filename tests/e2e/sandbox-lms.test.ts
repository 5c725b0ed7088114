import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { JWTPayload } from 'jose'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { persona, startLms, type TestLms } from '../support/lms-client.ts'
import { deepLinkingSettings, startTestTool, type TestTool } from '../support/lti-test-tool.ts'

let browser: Browser
let lms: TestLms
let tool: TestTool
let page: Page
let launches: JWTPayload[]
let complaints: string[]

const quiz = {
  type: 'ltiResourceLink',
  title: 'Percentages in shops',
  lineItem: { scoreMaximum: 8 },
}

beforeAll(async () => {
  const executablePath = process.env['CHROMIUM']
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
})
afterAll(async () => {
  await browser.close()
})

beforeEach(async () => {
  launches = []
  complaints = []
  lms = await startLms({ path: '/sandbox/lms' })
  tool = await startTestTool(lms, { page: toolPage })
  page = await browser.newPage()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
})
afterEach(async () => {
  await page.close()
  await tool.close()
  await lms.close()
})

/** In the chooser a button that brings back the quiz, in an activity a log of platform messages. */
async function toolPage(claims: JWTPayload): Promise<string> {
  launches.push(claims)
  if (!claims['https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings']) {
    return `<!DOCTYPE html><title>Tool</title><h1>Hello ${claims['name']}</h1><pre></pre><script>
      addEventListener('message', ({ data }) => {
        document.querySelector('pre').textContent += JSON.stringify(data) + '\\n'
      })
    </script>`
  }
  const url = deepLinkingSettings(claims).deep_link_return_url
  const JWT = await tool.deepLinkingResponse(claims, [quiz])
  return `<!DOCTYPE html><title>Tool</title><form method="post" action="${url}">
    <input type="hidden" name="JWT" value="${JWT}"><button>Add the quiz</button></form>`
}

const frame = () => page.frameLocator('iframe.tool-frame')

/** Posts a message from the tool's frame to the page around it. */
async function sendToPlatform(message: object): Promise<void> {
  const toolFrame = page.frames().find((one) => one.url() === tool.redirectUri)
  const { origin } = new URL(lms.baseUrl)
  await toolFrame?.evaluate(`parent.postMessage(${JSON.stringify(message)}, '${origin}')`)
}

async function openActivity(): Promise<string> {
  const { link, lineItem } = await lms.addLink(tool.id, quiz)
  await page.goto(`${lms.baseUrl}/courses/2/activities/${link.id}?as=student`)
  return lineItem?.id ?? ''
}

async function sendScore(lineItemId: string, scoreGiven: number): Promise<void> {
  const bearer = await tool.accessToken('https://purl.imsglobal.org/spec/lti-ags/scope/score')
  const answer = await fetch(
    `${lms.baseUrl}/lti/services/2/lineitems/${lineItemId}/lineitem/scores`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/vnd.ims.lis.v1.score+json',
      },
      body: JSON.stringify({
        userId: persona.student,
        timestamp: new Date().toISOString(),
        scoreGiven,
        scoreMaximum: 8,
        activityProgress: 'Completed',
        gradingProgress: 'FullyGraded',
      }),
    },
  )
  expect(answer.status).toBe(200)
}

describe('the simulated LMS in a browser', () => {
  it('adds content through the dialog with the keyboard alone', async () => {
    await page.goto(`${lms.baseUrl}/courses/2?as=teacher`)

    await page.getByRole('link', { name: 'Select content from Test tool' }).press('Enter')
    await frame().getByRole('button', { name: 'Add the quiz' }).press('Enter')

    await page.getByText('Added: Percentages in shops.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await lms.links()).toMatchObject([{ title: quiz.title }])
    expect(complaints).toEqual([])
  })

  it('closes the dialog with Escape and gives the focus back', async () => {
    await page.goto(`${lms.baseUrl}/courses/2?as=teacher`)
    const link = page.getByRole('link', { name: 'Select content from Test tool' })
    await link.click()
    await frame().getByRole('button').waitFor()

    await page.getByRole('button', { name: 'Close' }).press('Escape')

    await page.locator('iframe').waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.dataset.dialog')).toBe(
      'Add content from Test tool',
    )
  })

  it('adds content without the dialog when its link is opened as a page', async () => {
    await page.goto(`${lms.baseUrl}/courses/2/add?as=teacher&tool=${tool.id}`)

    await frame().getByRole('button', { name: 'Add the quiz' }).click()

    await page.getByText('Added: Percentages in shops.').waitFor()
  })

  it('stretches the frame to the bottom of the window, as Moodle does', async () => {
    await openActivity()
    await frame().getByText('Hello Ava Example').waitFor()

    const boxes: number[] = []
    for (const height of [900, 700]) {
      await page.setViewportSize({ width: 1000, height })
      const box = await page.locator('iframe').boundingBox()
      boxes.push(Math.round(height - (box?.y ?? 0) - (box?.height ?? 0)))
    }

    expect(boxes).toEqual([15, 15])
  })

  it('keeps data for the tool and resizes its frame only when platform storage is on', async () => {
    await lms.setSettings({ platformStorage: true })
    await openActivity()
    const log = frame().locator('pre')
    await log.waitFor({ state: 'attached' })

    for (const message of [
      { subject: 'lti.put_data', message_id: '1', key: 'state', value: 'abc' },
      { subject: 'lti.get_data', message_id: '2', key: 'state' },
      { subject: 'lti.get_data', message_id: '3', key: 'other' },
      { subject: 'lti.put_data', message_id: '4', key: '', value: 'x' },
      { subject: 'lti.frameResize', message_id: '5', height: 432 },
      { subject: 'toString', message_id: '6' },
    ]) {
      await sendToPlatform(message)
    }
    await frame().getByText('"message_id":"5"').waitFor()

    const answers = (await log.textContent())
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers).toEqual([
      { subject: 'lti.put_data.response', message_id: '1', key: 'state', value: 'abc' },
      { subject: 'lti.get_data.response', message_id: '2', key: 'state', value: 'abc' },
      { subject: 'lti.get_data.response', message_id: '3', key: 'other', value: null },
      expect.objectContaining({ error: { code: 'bad_request', message: 'key is required' } }),
      { subject: 'lti.frameResize.response', message_id: '5', height: 432 },
    ])
    expect((await page.locator('iframe').boundingBox())?.height).toBe(432)
  })

  it('stays silent to the tool like Moodle when platform storage is off', async () => {
    await openActivity()
    const log = frame().locator('pre')
    await log.waitFor({ state: 'attached' })

    await sendToPlatform({ subject: 'lti.capabilities', message_id: '1' })
    await page.waitForTimeout(300)

    expect(await log.textContent()).toBe('')
  })

  it('submits the same token twice when replay is switched on', async () => {
    await lms.setFaults({ replay: true })

    await openActivity()
    await frame().getByText('Hello Ava Example').waitFor()

    expect(launches).toHaveLength(2)
    expect(launches[0]?.['nonce']).toBe(launches[1]?.['nonce'])
  })

  it('shows a grade as it arrives, to the teacher and to the student', async () => {
    const { lineItem } = await lms.addLink(tool.id, quiz)
    await page.goto(`${lms.baseUrl}/courses/2/gradebook?as=teacher`)
    const student = await browser.newPage()
    await student.goto(`${lms.baseUrl}/courses/2/gradebook?as=student`)

    await sendScore(lineItem?.id ?? '', 6)

    await page
      .getByRole('row', { name: /Ava Example/ })
      .getByText('6 / 8')
      .waitFor()
    await student.getByText('6 / 8').waitFor()
    await page.getByText(/^Updated at/).waitFor()
    await student.close()
  })

  it('lets each tab be somebody else through the menu', async () => {
    await page.goto(`${lms.baseUrl}/courses/2?as=teacher`)

    await page.locator('details.person summary').press('Enter')
    await page.getByRole('link', { name: 'Ava Example' }).press('Enter')

    await page.waitForURL(/\/courses\/2\?as=11/)
    expect(await page.getByText('Select content').count()).toBe(0)
  })
})

describe('the pages of the simulated LMS', () => {
  it('have no accessibility findings, wide or narrow', async () => {
    const lineItemId = await openActivity()
    await sendScore(lineItemId, 5)
    await lms.setFaults({ scores503: 3 })
    const axe = await readFile(
      createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
      'utf8',
    )
    const paths = [
      '/?as=3',
      '/courses/2?as=3',
      '/courses/2/gradebook?as=3',
      '/tools',
      '/faults',
      '/log',
    ]
    const findings: string[] = []

    for (const width of [1280, 340]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of [...paths, '/courses/2/gradebook?as=11', '/courses/3?as=11']) {
        await page.goto(`${lms.baseUrl}${path}`)
        await page.evaluate(`${axe};0`)
        const violations: { id: string }[] = await page.evaluate(
          'axe.run(document, { iframes: false }).then(({ violations }) => violations.map(({ id }) => ({ id })))',
        )
        findings.push(...violations.map(({ id }) => `${path} at ${width}: ${id}`))
        if ((await page.evaluate('document.documentElement.scrollWidth')) !== width) {
          findings.push(`${path} at ${width}: scrolls sideways`)
        }
      }
    }

    expect(findings).toEqual([])
  })
})
