import { html } from 'lit'
import { AppShell, type Place } from '../app/app-shell.ts'
import '../app/views/keys.ts'
import './views/certification.ts'
import './views/client.ts'
import './views/clients.ts'
import './views/deliveries.ts'
import './views/delivery.ts'
import './views/overview.ts'
import './views/request.ts'
import './views/requests.ts'
import './views/sandbox.ts'
import './views/sandboxes.ts'
import './views/usage.ts'
import './views/versions.ts'
import './views/webhook.ts'
import './views/webhooks.ts'

const home = '/developers/console'

const places: readonly Place[] = [
  {
    path: home,
    title: 'Console',
    nav: 'Overview',
    view: (s) => html`<console-overview .session=${s}></console-overview>`,
  },
  {
    path: `${home}/keys`,
    title: 'API keys',
    nav: 'API keys',
    scope: 'keys.read',
    view: (s) => html`<admin-keys .session=${s}></admin-keys>`,
  },
  {
    path: `${home}/applications`,
    title: 'Applications',
    nav: 'Applications',
    scope: 'oauth.read',
    view: (s) => html`<console-clients .session=${s}></console-clients>`,
  },
  {
    path: `${home}/applications/:id`,
    title: 'Application',
    view: (s, p) => html`<console-client .session=${s} .parameters=${p}></console-client>`,
  },
  {
    path: `${home}/webhooks`,
    title: 'Webhooks',
    nav: 'Webhooks',
    scope: 'webhooks.read',
    view: (s) => html`<console-webhooks .session=${s}></console-webhooks>`,
  },
  {
    path: `${home}/webhooks/:id`,
    title: 'Webhook endpoint',
    view: (s, p) => html`<console-webhook .session=${s} .parameters=${p}></console-webhook>`,
  },
  {
    path: `${home}/deliveries`,
    title: 'Deliveries',
    nav: 'Deliveries',
    scope: 'webhooks.read',
    view: (s) => html`<console-deliveries .session=${s}></console-deliveries>`,
  },
  {
    path: `${home}/deliveries/:id`,
    title: 'Delivery',
    view: (s, p) => html`<console-delivery .session=${s} .parameters=${p}></console-delivery>`,
  },
  {
    path: `${home}/requests`,
    title: 'Requests',
    nav: 'Requests',
    scope: 'usage.read',
    view: (s) => html`<console-requests .session=${s}></console-requests>`,
  },
  {
    path: `${home}/requests/:id`,
    title: 'Request',
    view: (s, p) => html`<console-request .session=${s} .parameters=${p}></console-request>`,
  },
  {
    path: `${home}/usage`,
    title: 'Usage',
    nav: 'Usage',
    scope: 'usage.read',
    view: (s) => html`<console-usage .session=${s}></console-usage>`,
  },
  {
    path: `${home}/versions`,
    title: 'Versions and endings',
    nav: 'Versions',
    view: (s) => html`<console-versions .session=${s}></console-versions>`,
  },
  {
    path: `${home}/sandboxes`,
    title: 'Sandboxes',
    nav: 'Sandboxes',
    scope: 'sandbox.read',
    view: (s) => html`<console-sandboxes .session=${s}></console-sandboxes>`,
  },
  {
    path: `${home}/sandboxes/:id`,
    title: 'Sandbox',
    view: (s, p) => html`<console-sandbox .session=${s} .parameters=${p}></console-sandbox>`,
  },
  {
    path: `${home}/sandboxes/:id/certifications/:certificationId`,
    title: 'Certification run',
    view: (s, p) =>
      html`<console-certification .session=${s} .parameters=${p}></console-certification>`,
  },
]

/** @summary The developer's own things: keys, webhooks, deliveries, sandboxes. */
export class DeveloperConsoleElement extends AppShell {
  protected override readonly places = places
  protected override readonly label = 'Developer console'
}

customElements.define('edpsych-developer-console', DeveloperConsoleElement)
