import { html, type nothing, type TemplateResult } from 'lit'
import '../edpsych-assessment/edpsych-assessment.ts'
import '../edpsych-resource/edpsych-resource.ts'
import type { StaffSession } from '../app/api.ts'
import { AppShell, type Place } from '../app/app-shell.ts'
import { returnBanner } from './onboarding-return.ts'
import './unread-alerts.ts'
import './waiting-deployments.ts'
import './views/account.ts'
import './views/item.ts'
import './views/items.ts'
import '../app/views/keys.ts'
import './views/operations.ts'
import './views/overview.ts'
import './views/people.ts'
import './views/resources.ts'

const integrations = () => import('./views/integrations.ts')
const lms = () => import('./views/lms.ts')
const sso = () => import('./views/sso/sso.ts')
const paths = () => import('./views/paths.ts')
const cartridge = () => import('./views/cartridge-export.ts')
const results = () => import('./views/course-results.ts')
const problems = () => import('./views/problems.ts')

const places: readonly Place[] = [
  {
    path: '/admin',
    title: 'Overview',
    nav: 'Overview',
    view: (s) => html`<admin-overview .session=${s}></admin-overview>`,
  },
  {
    path: '/admin/connections',
    title: 'Connections',
    nav: 'Connections',
    group: 'Integrations',
    scope: 'connections.read',
    load: integrations,
    view: (s) => html`<admin-connections .session=${s}></admin-connections>`,
  },
  {
    path: '/admin/connections/new',
    title: 'Connect a system',
    load: integrations,
    view: (s) => html`<admin-new-connection .session=${s}></admin-new-connection>`,
  },
  {
    path: '/admin/connections/import',
    title: 'Import settings',
    load: integrations,
    view: (s) => html`<admin-import-connections .session=${s}></admin-import-connections>`,
  },
  {
    path: '/admin/connections/:id',
    title: 'Connection',
    load: integrations,
    view: (s, p) => html`<admin-connection .session=${s} .parameters=${p}></admin-connection>`,
  },
  {
    path: '/admin/connections/:id/:tab',
    title: 'Connection',
    load: integrations,
    view: (s, p) => html`<admin-connection .session=${s} .parameters=${p}></admin-connection>`,
  },
  {
    path: '/admin/problems',
    title: 'Problems',
    nav: 'Problems',
    group: 'Integrations',
    scope: 'problems.read',
    load: problems,
    view: (s) => html`<admin-problems .session=${s}></admin-problems>`,
  },
  {
    path: '/admin/problems/:id',
    title: 'Problem',
    load: problems,
    view: (s, p) => html`<admin-problem .session=${s} .parameters=${p}></admin-problem>`,
  },
  {
    path: '/admin/alerts',
    title: 'Alerts',
    nav: 'Alerts',
    group: 'Integrations',
    scope: 'alerts.read',
    badge: (s) => html`<admin-unread-alerts .session=${s}></admin-unread-alerts>`,
    load: problems,
    view: (s) => html`<admin-alerts .session=${s}></admin-alerts>`,
  },
  {
    path: '/admin/alerts/:part',
    title: 'Alerts',
    load: problems,
    view: (s, p) => html`<admin-alerts .session=${s} .parameters=${p}></admin-alerts>`,
  },
  {
    path: '/admin/lms',
    title: 'LMSs',
    nav: 'LMSs',
    group: 'Integrations',
    scope: 'lti.read',
    badge: (s) => html`<admin-waiting-deployments .session=${s}></admin-waiting-deployments>`,
    load: lms,
    view: (s) => html`<admin-lms .session=${s}></admin-lms>`,
  },
  {
    path: '/admin/lms/new',
    title: 'Connect an LMS',
    scope: 'lti.read',
    load: lms,
    view: (s) => html`<admin-lms-setup .session=${s}></admin-lms-setup>`,
  },
  {
    path: '/admin/lms/:id',
    title: 'LMS',
    scope: 'lti.read',
    load: lms,
    view: (s, p) => html`<admin-lms-platform .session=${s} .parameters=${p}></admin-lms-platform>`,
  },
  {
    path: '/admin/keys',
    title: 'API keys',
    nav: 'API keys',
    group: 'Integrations',
    scope: 'keys.read',
    view: (s) => html`<admin-keys .session=${s}></admin-keys>`,
  },
  {
    path: '/admin/items',
    title: 'Items',
    nav: 'Items',
    group: 'Teaching',
    scope: 'items.read',
    view: (s) => html`<admin-items .session=${s}></admin-items>`,
  },
  {
    path: '/admin/items/:id',
    title: 'Item',
    view: (s, p) => html`<admin-item .session=${s} .parameters=${p}></admin-item>`,
  },
  {
    path: '/admin/resources',
    title: 'Library',
    nav: 'Library',
    group: 'Teaching',
    scope: 'resources.read',
    view: (s) => html`<admin-resources .session=${s}></admin-resources>`,
  },
  {
    path: '/admin/resources/:id',
    title: 'Resource',
    view: (s, p) => html`<admin-resource .session=${s} .parameters=${p}></admin-resource>`,
  },
  {
    path: '/admin/paths',
    title: 'Learning paths',
    nav: 'Learning paths',
    group: 'Teaching',
    scope: 'paths.read',
    load: paths,
    view: (s) => html`<admin-paths .session=${s}></admin-paths>`,
  },
  {
    path: '/admin/paths/:id',
    title: 'Learning path',
    load: paths,
    view: (s, p) => html`<admin-path .session=${s} .parameters=${p}></admin-path>`,
  },
  {
    path: '/admin/export',
    title: 'Export',
    nav: 'Export',
    group: 'Teaching',
    scope: 'embeds.write',
    load: cartridge,
    view: (s) => html`<admin-cartridge-export .session=${s}></admin-cartridge-export>`,
  },
  {
    path: '/admin/results',
    title: 'Course results',
    nav: 'Course results',
    group: 'Teaching',
    scope: 'lti.read',
    load: results,
    view: (s) => html`<admin-course-results-list .session=${s}></admin-course-results-list>`,
  },
  {
    path: '/admin/results/:id',
    title: 'Course results',
    scope: 'attempts.read',
    load: results,
    view: (s, p) =>
      html`<admin-course-results .session=${s} .parameters=${p}></admin-course-results>`,
  },
  {
    path: '/admin/attempts',
    title: 'Attempts',
    nav: 'Attempts',
    group: 'Teaching',
    scope: 'attempts.read',
    view: (s) => html`<admin-attempts .session=${s}></admin-attempts>`,
  },
  {
    path: '/admin/grades',
    title: 'Grades',
    nav: 'Grades',
    group: 'Teaching',
    scope: 'grades.read',
    load: () => import('./views/grades.ts'),
    view: (s) => html`<admin-grades .session=${s}></admin-grades>`,
  },
  {
    path: '/admin/roster',
    title: 'Roster',
    nav: 'Roster',
    group: 'People',
    scope: 'roster.read',
    view: (s) => html`<admin-roster .session=${s}></admin-roster>`,
  },
  {
    path: '/admin/roster/matches',
    title: 'Doubtful matches',
    scope: 'roster.read',
    load: () => import('./views/roster-matches.ts'),
    view: (s) => html`<admin-roster-matches .session=${s}></admin-roster-matches>`,
  },
  {
    path: '/admin/people',
    title: 'Staff',
    nav: 'Staff',
    group: 'People',
    scope: 'people.read',
    view: (s) => html`<admin-people .session=${s}></admin-people>`,
  },
  {
    path: '/admin/sso',
    title: 'Single sign-on',
    nav: 'Single sign-on',
    group: 'People',
    scope: 'sso.read',
    load: sso,
    view: (s) => html`<admin-sso .session=${s}></admin-sso>`,
  },
  {
    path: '/admin/sso/:id',
    title: 'Identity provider',
    scope: 'sso.read',
    load: sso,
    view: (s, p) => html`<admin-sso-provider .session=${s} .parameters=${p}></admin-sso-provider>`,
  },
  {
    path: '/admin/roles',
    title: 'Roles',
    nav: 'Roles',
    group: 'People',
    scope: 'people.read',
    load: () => import('./views/roles.ts'),
    view: (s) => html`<admin-roles .session=${s}></admin-roles>`,
  },
  {
    path: '/admin/settings',
    title: 'Settings',
    nav: 'Settings',
    group: 'Running it',
    scope: 'settings.read',
    load: () => import('./views/settings.ts'),
    view: (s) => html`<admin-settings .session=${s}></admin-settings>`,
  },
  {
    path: '/admin/onboarding',
    title: 'Setting up',
    nav: 'Setting up',
    group: 'People',
    scope: 'tenants.read',
    load: () => import('./views/onboardings.ts'),
    view: (s) => html`<admin-onboardings .session=${s}></admin-onboardings>`,
  },
  {
    path: '/admin/onboarding/:tenantId',
    title: 'Setting up',
    load: () => import('./views/onboarding.ts'),
    view: (s, p) => html`<admin-onboarding .session=${s} .parameters=${p}></admin-onboarding>`,
  },
  {
    path: '/admin/usage',
    title: 'Usage',
    nav: 'Usage',
    group: 'Running it',
    scope: 'usage.read',
    load: () => import('./views/usage.ts'),
    view: (s) => html`<admin-usage .session=${s}></admin-usage>`,
  },
  {
    path: '/admin/organisations',
    title: 'Organisations',
    nav: 'Organisations',
    group: 'People',
    scope: 'tenants.read',
    load: () => Promise.all([import('./views/organisations.ts'), import('./views/leaving.ts')]),
    view: (s) => html`<h1>Organisations</h1>
      <admin-organisations .session=${s}></admin-organisations>
      <admin-leaving .session=${s}></admin-leaving>`,
  },
  {
    path: '/admin/audit',
    title: 'Audit',
    nav: 'Audit',
    group: 'Running it',
    scope: 'audit.read',
    load: () => import('./views/audit.ts'),
    view: (s) => html`<admin-audit .session=${s}></admin-audit>`,
  },
  {
    path: '/admin/audit/:id',
    title: 'Audit entry',
    scope: 'audit.read',
    load: () => import('./views/audit.ts'),
    view: (s, p) => html`<admin-audit-entry .session=${s} .parameters=${p}></admin-audit-entry>`,
  },
  {
    path: '/admin/jobs',
    title: 'Jobs',
    nav: 'Jobs',
    group: 'Running it',
    scope: 'jobs.read',
    view: (s) => html`<admin-jobs .session=${s}></admin-jobs>`,
  },
  {
    path: '/admin/account',
    title: 'Your account',
    view: (s) => html`<admin-account .session=${s}></admin-account>`,
  },
]

/** @summary The administration of an organisation. */
export class AdminAppElement extends AppShell {
  protected override readonly places = places
  protected override readonly label = 'Administration'

  protected override banner(session: StaffSession, path: string): TemplateResult | typeof nothing {
    return returnBanner(session, path)
  }
}

customElements.define('edpsych-admin', AdminAppElement)
