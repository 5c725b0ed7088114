import { html } from 'lit'
import '../edpsych-assessment/edpsych-assessment.ts'
import '../edpsych-resource/edpsych-resource.ts'
import { AppShell, type Place } from '../app/app-shell.ts'
import './views/account.ts'
import './views/item.ts'
import './views/items.ts'
import '../app/views/keys.ts'
import './views/lms.ts'
import './views/operations.ts'
import './views/overview.ts'
import './views/people.ts'
import './views/resources.ts'

const places: readonly Place[] = [
  {
    path: '/admin',
    title: 'Overview',
    nav: 'Overview',
    view: (s) => html`<admin-overview .session=${s}></admin-overview>`,
  },
  {
    path: '/admin/items',
    title: 'Items',
    nav: 'Items',
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
    scope: 'resources.read',
    view: (s) => html`<admin-resources .session=${s}></admin-resources>`,
  },
  {
    path: '/admin/resources/:id',
    title: 'Resource',
    view: (s, p) => html`<admin-resource .session=${s} .parameters=${p}></admin-resource>`,
  },
  {
    path: '/admin/attempts',
    title: 'Attempts',
    nav: 'Attempts',
    scope: 'attempts.read',
    view: (s) => html`<admin-attempts .session=${s}></admin-attempts>`,
  },
  {
    path: '/admin/lms',
    title: 'LMSs',
    nav: 'LMSs',
    scope: 'lti.read',
    view: (s) => html`<admin-lms .session=${s}></admin-lms>`,
  },
  {
    path: '/admin/roster',
    title: 'Roster',
    nav: 'Roster',
    scope: 'roster.read',
    view: (s) => html`<admin-roster .session=${s}></admin-roster>`,
  },
  {
    path: '/admin/people',
    title: 'Staff',
    nav: 'Staff',
    scope: 'people.read',
    view: (s) => html`<admin-people .session=${s}></admin-people>`,
  },
  {
    path: '/admin/keys',
    title: 'API keys',
    nav: 'API keys',
    scope: 'keys.read',
    view: (s) => html`<admin-keys .session=${s}></admin-keys>`,
  },
  {
    path: '/admin/audit',
    title: 'Audit',
    nav: 'Audit',
    scope: 'audit.read',
    view: (s) => html`<admin-audit .session=${s}></admin-audit>`,
  },
  {
    path: '/admin/jobs',
    title: 'Jobs',
    nav: 'Jobs',
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
}

customElements.define('edpsych-admin', AdminAppElement)
