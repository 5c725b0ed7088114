import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { register } from 'tsx/esm/api'
import { buildStale } from './build.mjs'
import { findBrowser } from './find-browser.mjs'
import { root } from './run.mjs'

// The pictures of the README, taken while the story of the end-to-end test is told.
await buildStale(['server', 'web'])
process.env.CHROMIUM = await findBrowser()
register()
const { launchProfile } = await import('../tests/support/chromium-profile.ts')
const { startLiveServer } = await import('../tests/support/live-server.ts')
const { servePlainPage } = await import('../tests/support/plain-page.ts')
const story = await import('../tests/support/story.ts')

const title = 'Capital of Wales'
const folder = join(root, 'docs', 'images')
mkdirSync(folder, { recursive: true })

const server = await startLiveServer()
const profile = await launchProfile({ thirdPartyCookies: 'blocked' })
try {
  await takeAll(await profile.context.newPage())
} finally {
  await profile.close()
  await server.stop()
}

async function takeAll(page) {
  await page.goto(server.url)
  await take(page, 'start')

  await story.signIn(page, server, story.demoAdministrator(server))
  await story.importSample(page, server)
  await page.mouse.move(0, 0)
  await take(page, 'import')

  await story.pickWithKeyboard(page, server, {
    title,
    words: '',
    chosen: () => take(page, 'picker'),
  })
  const places = [
    ['student', 'Cardiff'],
    ['12', 'Cardiff'],
    ['13', 'Swansea'],
    ['14', 'Cardiff'],
  ]
  for (const [who, choice] of places) await answerAs(page, who, choice)

  await page.goto(story.courseAddress(server, 'teacher').replace('?', '/gradebook?'))
  await page.getByText('1 / 1').nth(2).waitFor()
  await take(page, 'gradebook')

  await takeEmbed(page)
  await page.goto(`${server.url}/admin`)
  await page.getByText('Attempts').last().waitFor()
  await take(page, 'overview')
  await takeSettings(page)

  await takeDevelopers(await profile.context.newPage())
}

async function takeSettings(page) {
  await page.goto(`${server.url}/admin/settings`)
  const name = 'Minutes a sign-in counts as fresh'
  await page.getByRole('button', { name: `Change ${name}` }).click()
  await page.getByRole('spinbutton', { name }).fill('10')
  await page.getByRole('button', { name: 'See what changes' }).click()
  const effects = page.getByRole('region', { name: 'What would change' })
  await effects.waitFor()
  await effects.evaluate((element) => element.scrollIntoView({ block: 'center' }))
  await take(page, 'settings')
  await page.getByRole('button', { name: 'Leave it as it is' }).click()
  await page.goto(`${server.url}/admin/audit`)
  await page.getByRole('row').nth(5).waitFor()
  await take(page, 'audit')
}

async function takeDevelopers(page) {
  await page.goto(`${server.url}/developers`)
  await page.getByRole('button', { name: 'Create a sandbox' }).click()
  await page.getByText('Your sandbox is ready').waitFor()
  await page.locator('#key').scrollIntoViewIfNeeded()
  await take(page, 'developers')

  await page.goto(`${server.url}/developers/console`)
  await page.locator('main h1').waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await take(page, 'console')

  await page.setViewportSize({ width: 1480, height: 900 })
  await page.goto(`${server.url}/developers/reference/items`)
  await page
    .locator('.operation')
    .first()
    .evaluate((element) => element.scrollIntoView())
  await take(page, 'reference')
}

async function answerAs(page, who, choice) {
  await page.goto(story.courseAddress(server, who))
  await page.getByRole('link', { name: title }).click()
  const frame = story.toolFrame(page)
  await frame.getByRole('radio', { name: choice }).check()
  if (who === 'student') await take(page, 'student')
  await story.answer(frame, choice)
  await frame.getByText('has been sent to your teacher').waitFor()
  if (who === 'student') await take(page, 'score')
}

async function takeEmbed(page) {
  const plain = await servePlainPage(server.url)
  await page.goto(`${server.url}/admin/items`)
  await page.getByRole('link', { name: title }).first().click()
  await page.getByRole('button', { name: 'Make a snippet' }).click()
  const snippet = page.getByRole('textbox', { name: 'Snippet to paste' })
  await snippet.waitFor()
  plain.body = await snippet.inputValue()
  await page.evaluate('scrollTo(0, 0)')
  await take(page, 'item')

  await page.goto(plain.url)
  const frame = page.frameLocator('edpsych-embed iframe')
  await frame.getByRole('radio', { name: 'Cardiff' }).check()
  await take(page, 'embed')
  await plain.stop()
}

async function take(page, name) {
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}
