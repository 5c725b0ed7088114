import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bin, run } from './run.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name)
      if (isRunnable(path)) return path
    }
  }
  return undefined
}

async function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  process.stderr.write('no browser found: installing Debian’s chromium …\n')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const stdio = ['ignore', 'ignore', 'inherit']
  await run('apt-get', ['update', '-qq'], { env, stdio })
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    env,
    stdio,
  })
  return onPath()
}

async function fromPlaywright() {
  process.stderr.write('no browser found: asking Playwright to download Chromium …\n')
  const code = await run(bin('playwright'), ['install', 'chromium'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  if (code !== 0) return undefined
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return isRunnable(path) ? path : undefined
}

/** A Chromium to test in: `CHROMIUM`, one on the machine, Debian's package when root, then Playwright's download. */
export async function findBrowser() {
  const wanted = process.env.CHROMIUM
  if (wanted) {
    if (isRunnable(wanted)) return wanted
    throw new Error(
      `CHROMIUM=${wanted} is not a program that can be run; give the path of a Chromium`,
    )
  }
  const path = onPath() ?? (await fromDebian()) ?? (await fromPlaywright())
  if (path) return path
  throw new Error(
    'No browser for the tests: install Chromium (Debian: apt-get install chromium), or give its path as CHROMIUM=/path/to/chromium',
  )
}

/** The browser's version line, to print which one the tests ran in. */
export function browserVersion(path) {
  try {
    return execFileSync(path, ['--version', '--no-sandbox'], { encoding: 'utf8' }).trim()
  } catch {
    return path
  }
}
