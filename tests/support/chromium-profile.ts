import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright'

export type ThirdPartyCookies = 'blocked' | 'allowed'

export interface ProfileOptions {
  readonly thirdPartyCookies?: ThirdPartyCookies
  readonly viewport?: { readonly width: number; readonly height: number }
}

export interface ChromiumProfile {
  readonly context: BrowserContext
  close(): Promise<void>
}

/** Chromium with a profile of its own, whose cookie settings are those a person would choose. */
export async function launchProfile(options: ProfileOptions = {}): Promise<ChromiumProfile> {
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-profile-'))
  mkdirSync(join(folder, 'Default'))
  const preferences = {
    profile: {
      cookie_controls_mode: options.thirdPartyCookies === 'allowed' ? 0 : 1,
      block_third_party_cookies: options.thirdPartyCookies !== 'allowed',
    },
  }
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences))
  const executablePath = process.env['CHROMIUM']
  const context = await chromium.launchPersistentContext(folder, {
    ...(executablePath ? { executablePath } : {}),
    headless: true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    args: [
      '--no-sandbox',
      '--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
