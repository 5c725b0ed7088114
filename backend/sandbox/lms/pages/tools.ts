import { type Html, html } from '../html.ts'
import { endpoints } from '../lms.ts'
import type { Tool } from '../state.ts'
import { icon } from './icons.ts'
import { layout } from './layout.ts'
import { dynamicForm } from './registration.ts'
import { href, type Visit } from './visit.ts'

/** Registered tools, with the values their administrators need, and a form for another one. */
export function toolsPage(visit: Visit): Html {
  const { tools } = visit.lms.state
  return layout(visit, {
    title: 'Tools',
    section: 'tools',
    main: html`<h1>Tools</h1>
<p class="lead">Tools that teachers may add to courses. Each side needs to know the other: enter the tool’s addresses here, and the values below in the tool.</p>
${tools.length === 0 ? html`<p class="empty">No tool is registered yet.</p>` : tools.map((tool) => toolCard(visit, tool))}
${dynamicForm(visit)}
${registrationForm(visit)}`,
  })
}

function toolCard(visit: Visit, tool: Tool): Html {
  const platform = endpoints(visit.lms)
  const values = [
    ['Issuer (platform ID)', platform.issuer],
    ['Client ID', tool.clientId],
    ['Deployment ID', tool.deploymentId],
    ['Authentication request URL', platform.authorizationEndpoint],
    ['Access token URL', platform.tokenEndpoint],
    ['Public keyset URL', platform.jwksUri],
  ] as const
  return html`<section class="panel" aria-labelledby="tool-${tool.id}">
<div class="panel-head"><h2 id="tool-${tool.id}">${tool.name}</h2>
<form method="post" action="${href(visit, `/tools/${tool.id}/delete`)}" data-confirm="Remove ${tool.name} with its activities and grades?"><button class="quiet" aria-label="Remove ${tool.name} with its activities and grades">${icon('bin')}</button></form></div>
<h3>For the tool’s administrator</h3>
<dl class="values">${values.map(([label, value]) => copyRow(label, value))}</dl>
<details><summary>What this LMS knows about the tool</summary>
<dl class="values">${toolRows(tool).map(([label, value]) => html`<div><dt>${label}</dt><dd><code>${value}</code></dd></div>`)}</dl>
</details>
</section>`
}

function copyRow(label: string, value: string): Html {
  return html`<div><dt>${label}</dt><dd><code>${value}</code> <button type="button" class="copy" hidden data-copy="${value}" aria-label="Copy ${label}">Copy</button></dd></div>`
}

function toolRows(tool: Tool): [string, string][] {
  return [
    ['Tool URL', tool.toolUrl],
    ['Login initiation URL', tool.loginUrl],
    ['Redirect URIs', tool.redirectUris.join(' ')],
    ['Keyset URL', tool.jwksUri],
    ['Deep linking URL', tool.deepLinkUrl],
  ]
}

const fields = [
  ['name', 'Name', 'text', 'Teachers choose the tool by this name.'],
  [
    'toolUrl',
    'Tool URL',
    'url',
    'Where a launch ends when the activity has no address of its own.',
  ],
  ['loginUrl', 'Login initiation URL', 'url', 'Where a launch begins.'],
  ['jwksUri', 'Keyset URL', 'url', 'The tool’s public keys.'],
  ['deepLinkUrl', 'Deep linking URL', 'url', 'Leave empty if it is the tool URL.'],
  ['clientId', 'Client ID', 'text', 'Leave empty to have one made.'],
] as const

const optionalFields: readonly string[] = ['deepLinkUrl', 'clientId']

function registrationForm(visit: Visit): Html {
  return html`<section class="panel" aria-labelledby="register">
<h2 id="register">Register a tool</h2>
<form class="form" method="post" action="${href(visit, '/tools')}">
${fields.map(
  ([name, label, type, hint]) =>
    html`<p><label for="${name}">${label}${optionalFields.includes(name) ? ' (optional)' : ''}</label>
<input id="${name}" name="${name}" type="${type}" aria-describedby="${name}-hint" ${optionalFields.includes(name) ? '' : html`required`} autocomplete="off">
<span class="small" id="${name}-hint">${hint}</span></p>
`,
)}
<p><label for="redirectUris">Redirect URIs</label>
<textarea id="redirectUris" name="redirectUris" rows="3" required aria-describedby="redirectUris-hint" spellcheck="false"></textarea>
<span class="small" id="redirectUris-hint">One per line; a launch is only sent to one of these, exactly as written.</span></p>
<p><button class="button">Register the tool</button></p>
</form></section>`
}
