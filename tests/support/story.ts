import { readFile } from 'node:fs/promises'
import type { FrameLocator, Page } from 'playwright'
import { tabTo } from './keyboard.ts'
import type { LiveServer } from './live-server.ts'

const lmsPath = '/sandbox/lms/courses/2'

/** The demo trust's administrator, with the password that the server printed at its first start. */
export function demoAdministrator(server: LiveServer): { email: string; password: string } {
  const email = 'admin@harbourside.example'
  const [, password] = /admin@harbourside\.example\s+(\S+)/.exec(server.output()) ?? []
  if (!password) throw new Error(`the server printed no password:\n${server.output()}`)
  return { email, password }
}

export async function signIn(
  page: Page,
  server: LiveServer,
  account: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('E-mail').fill(account.email)
  await page.getByLabel('Password').fill(account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${server.url}/admin`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/** Downloads the sample package where the Items page offers it, and imports it there. */
export async function importSample(page: Page, server: LiveServer): Promise<void> {
  await page.goto(`${server.url}/admin/items`)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'sample package' }).first().click()
  const path = await (await download).path()
  await page.getByLabel('Import a QTI 3 item or package').setInputFiles({
    name: (await download).suggestedFilename(),
    mimeType: 'application/zip',
    buffer: await readFile(path),
  })
  await page.getByText('4 imported, 1 skipped.').waitFor()
}

export const courseAddress = (server: LiveServer, as: string): string =>
  `${server.sandboxUrl}${lmsPath}?as=${as}`

export function toolFrame(page: Page): FrameLocator {
  return page.frameLocator('iframe.tool-frame')
}

export interface Pick {
  readonly title: string
  /** What is typed into the search. */
  readonly words: string
  /** Called when the item is chosen and its preview shown. */
  chosen?(): Promise<unknown>
}

/** Opens the chooser in the course, looks at an item and adds it, with the keyboard alone. */
export async function pickWithKeyboard(
  page: Page,
  server: LiveServer,
  { title, words, chosen }: Pick,
): Promise<void> {
  await page.goto(courseAddress(server, 'teacher'))
  await tabTo(page, /^a: Select content from EdPsych Connect/)
  await page.keyboard.press('Enter')
  const frame = toolFrame(page)
  await frame.getByRole('heading', { name: 'Choose what to add' }).waitFor()
  await tabTo(page, /^input: Search/)
  await page.keyboard.type(words)
  await frame.getByRole('button', { name: `Preview “${title}”` }).waitFor()
  await tabTo(page, new RegExp(`^button: Preview “${title}”`))
  await page.keyboard.press('Enter')
  await frame.locator('edpsych-assessment').getByRole('heading', { name: title }).waitFor()
  await tabTo(page, new RegExp(`^input: ${title}`), 'Shift+Tab')
  await page.keyboard.press('Space')
  await frame.getByText('1 chosen').first().waitFor()
  await chosen?.()
  await tabTo(page, /^button: Add to the course/)
  await page.keyboard.press('Enter')
  await page.getByText(`Added: ${title}`).waitFor()
}

/** Opens the activity as the student and answers it as far as the review. */
export async function openActivity(page: Page, server: LiveServer, title: string): Promise<void> {
  await page.goto(courseAddress(server, 'student'))
  await page.getByRole('link', { name: title }).click()
  await toolFrame(page).getByRole('heading', { name: title }).waitFor()
}

/** Chooses an answer, looks at it once more and sends it. */
export async function answer(frame: FrameLocator, choice: string): Promise<void> {
  await frame.getByRole('radio', { name: choice }).check()
  await frame.getByRole('button', { name: 'Check my answers' }).click()
  await frame.getByRole('button', { name: 'Send my answers' }).click()
}
