import { html } from '../../core/html.ts'
import type { ApiDocument, Operation } from './api-document.ts'
import { codeBlock, snippetTabs } from './code.ts'
import { placeholders } from './highlight.ts'
import { type RequestValues, requestOf } from './operation-request.ts'
import { type DeveloperPage, keyPanel } from './page.ts'

function find(api: ApiDocument, method: string, path: string): Operation | undefined {
  return api.operations.find((operation) => operation.method === method && operation.path === path)
}

/** From nothing to a key, a call, an event and an embed. */
export function startPage(api: ApiDocument, publicUrl: string): DeveloperPage {
  const call = (id: string, method: string, path: string, values: RequestValues) => {
    const operation = find(api, method, path)
    return operation ? snippetTabs(id, requestOf(api, operation, publicUrl, values)) : ''
  }
  return {
    path: '/developers',
    title: 'Developers',
    description: 'A key in a minute, a first call, a first event and a first embed.',
    headings: steps.map(([id, text]) => ({ level: 2, id, text })),
    main: html`<p class="lead">Everything the administration does, a program can do: JSON over HTTPS at <code>${publicUrl}/api/v1</code>. In five minutes you have a key, a call, an event and an embed.</p>
      <h2 id="key">1. Get a key</h2>
      <p>A <strong>sandbox</strong> is a synthetic school of your own, with people, classes, items and a simulated LMS. Nothing in it is real, and nothing you do there reaches anybody. “Create a sandbox” makes one and fills its key into every example of these pages; the key stays in this browser tab.</p>
      ${keyPanel}
      <p>Or make one with a call:</p>
      ${codeBlock('curl', 'sh', `curl -X POST '${publicUrl}/api/v1/sandboxes' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{ "name": "My sandbox" }'`)}
      <p>The answer holds <code>apiKey</code>, once. For your own school’s data, make a key under <a href="/admin/keys">Administration → API keys</a>.</p>
      <h2 id="call">2. Make a call</h2>
      <p>List the assessment items of the school. The <a href="/developers/reference">reference</a> has every operation in the same five languages.</p>
      ${call('start-items', 'GET', '/api/v1/items', { query: [['limit', '3']] })}
      <p>You get <code>data</code> and <code>nextCursor</code>, as from <a href="/developers/guides/pagination">every list</a>. A refusal is a problem with a <a href="/developers/errors">stable code</a> and a sentence that says what to do.</p>
      <h2 id="event">3. Receive an event</h2>
      <p>Subscribe an address to <a href="/developers/events">events</a>. Your sandbox has an inspector that takes anything and shows it; its address is filled in below once you have a sandbox.</p>
      ${call('start-webhook', 'POST', '/api/v1/webhooks', { body: { url: placeholders.receiver, eventTypes: ['*'] } })}
      <p>For a receiver of your own, start the sample in the repository. It verifies signatures and throws away repeats: <code>examples/webhook-receiver</code>. Then read <a href="/developers/guides/webhooks">how deliveries work</a>.</p>
      <h2 id="embed">4. Embed an item</h2>
      <p>Make a snippet for one item. What the answer holds in <code>snippet</code> goes into any web page; readers need no account.</p>
      ${call('start-embed', 'POST', '/api/v1/embeds', { body: { kind: 'item', targetId: placeholders.item } })}
      ${codeBlock('HTML', 'html', `<script async src="${publicUrl}/embed/v1/loader.js"></script>\n<edpsych-embed src="${publicUrl}/embed/v1/view/…"><a href="${publicUrl}/embed/v1/view/…">Capital of Wales</a></edpsych-embed>`)}
      <h2 id="next">Where next</h2>
      <ul>
        <li><a href="/developers/guides/authentication">Authentication</a>: keys, OAuth 2, and which to choose.</li>
        <li><a href="/developers/guides/sandbox">Sandbox and testing</a>: faults, a clock you can move, a certification run.</li>
        <li><a href="/developers/guides/lti">LTI</a>: what the LMS sends, and what you can do with it.</li>
        <li><a href="/developers/guides/privacy">Privacy</a>: what is shared with whom, and who has to agree.</li>
      </ul>`,
  }
}

const steps = [
  ['key', '1. Get a key'],
  ['call', '2. Make a call'],
  ['event', '3. Receive an event'],
  ['embed', '4. Embed an item'],
  ['next', 'Where next'],
] as const
