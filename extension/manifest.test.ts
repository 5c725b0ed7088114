import { describe, expect, it } from 'vitest'
import { manifestFor } from './manifest.ts'

const browsers = ['chrome', 'firefox'] as const

describe.each(browsers)('the manifest for %s', (browser) => {
  const manifest = manifestFor(browser, '1.2.3')

  it('grants no host before somebody asks for one', () => {
    expect(manifest).not.toHaveProperty('host_permissions')
    expect(manifest.optional_host_permissions).toEqual([
      'https://*/*',
      'http://localhost/*',
      'http://127.0.0.1/*',
    ])
  })

  it('runs on Google Classroom and nowhere else', () => {
    expect(manifest.content_scripts.map(({ matches }) => matches)).toEqual([
      ['https://classroom.google.com/*'],
    ])
  })

  it('exposes no file of its own to web pages', () => {
    expect(manifest).not.toHaveProperty('web_accessible_resources')
    expect(manifest).not.toHaveProperty('externally_connectable')
  })

  it('loads scripts from itself alone', () => {
    const policy = manifest.content_security_policy.extension_pages
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(policy).not.toMatch(/unsafe|script-src[^;]*http/)
  })
})

it('asks for storage and the panel, and nothing more', () => {
  expect(manifestFor('chrome', '1.2.3').permissions).toEqual(['storage', 'sidePanel'])
  expect(manifestFor('firefox', '1.2.3').permissions).toEqual(['storage'])
})

it('gives each browser the panel and the background it knows', () => {
  expect(manifestFor('chrome', '1.2.3')).toMatchObject({
    background: { service_worker: 'background.js' },
    side_panel: { default_path: 'sidepanel/index.html' },
  })
  expect(manifestFor('firefox', '1.2.3')).toMatchObject({
    background: { scripts: ['background.js'] },
    sidebar_action: { default_panel: 'sidepanel/index.html' },
  })
})

it('has hosts granted from the start in test builds only', () => {
  const manifest = manifestFor('chrome', '1.2.3', ['https://edpsych.test/*'])
  expect(manifest).toMatchObject({ host_permissions: ['https://edpsych.test/*'] })
  expect(manifest).not.toHaveProperty('optional_host_permissions')
})
