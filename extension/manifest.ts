import { classroomOrigin } from '../shared/classroom-share.ts'

export type Browser = 'chrome' | 'firefox'

const name = 'EdPsych Connect'
const panelPage = 'sidepanel/index.html'
const icons = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `icons/${size}.png`]))
/** The server is the school's own: which one is not known before somebody pairs with it. */
const possibleServers = ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*']

/** Pages load nothing but their own files; only the worker speaks to the paired server. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  'connect-src https: http://localhost:* http://127.0.0.1:*',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ')

interface Hosts {
  readonly host_permissions?: readonly string[]
  readonly optional_host_permissions?: readonly string[]
}

const shared = (version: string) => ({
  manifest_version: 3,
  name,
  version,
  description: 'Find EdPsych resources and share them to Google Classroom.',
  icons,
  action: { default_title: 'Find an EdPsych resource', default_icon: icons },
  options_ui: { page: 'options/index.html', open_in_tab: true },
  content_scripts: [
    { matches: [`${classroomOrigin}/*`], js: ['content.js'], run_at: 'document_idle' },
  ],
  content_security_policy: { extension_pages: pagePolicy },
})

const gecko = {
  id: 'extension@edpsych-connect',
  // From 142 on Firefox shows, on every platform, what data_collection_permissions declares.
  strict_min_version: '142.0',
  // What goes to the paired server: its token, and what is typed into the search field.
  data_collection_permissions: { required: ['authenticationInfo', 'searchTerms'] },
}

const chrome = {
  // From 121 on Chrome passes over background.scripts, without which Mozilla's linter stops.
  minimum_chrome_version: '121',
  permissions: ['storage', 'sidePanel'],
  background: { service_worker: 'background.js', scripts: ['background.js'] },
  side_panel: { default_path: panelPage },
  browser_specific_settings: { gecko },
}

const firefox = {
  permissions: ['storage'],
  background: { scripts: ['background.js'] },
  sidebar_action: {
    default_title: name,
    default_panel: panelPage,
    default_icon: icons,
    open_at_install: false,
  },
  browser_specific_settings: { gecko },
}

/**
 * The manifest for one browser. `granted` replaces the optional hosts by hosts that are granted
 * from the start: automated browsers cannot answer the permission prompt.
 */
export function manifestFor(browser: Browser, version: string, granted: readonly string[] = []) {
  const hosts: Hosts =
    granted.length > 0
      ? { host_permissions: granted }
      : { optional_host_permissions: possibleServers }
  return { ...shared(version), ...hosts, ...(browser === 'chrome' ? chrome : firefox) }
}
