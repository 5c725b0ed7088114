import { html } from 'lit'
import type { Platform, PlatformBody } from '../../../shared/api/lti.ts'

const fields = [
  ['name', 'Name', 'How people call this LMS', 'text'],
  ['issuer', 'Issuer (platform ID)', 'For Moodle its web address', 'text'],
  ['clientId', 'Client ID', '', 'text'],
  [
    'deploymentIds',
    'Deployment IDs',
    'Separated by commas; without any, the first launch waits for approval',
    'text',
  ],
  ['authorizationEndpoint', 'Authentication request URL', '', 'url'],
  ['tokenEndpoint', 'Access token URL', '', 'url'],
  ['jwksUri', 'Public keyset URL', '', 'url'],
] as const

/** The fields of an LMS registration, filled from what is registered. */
export function platformFields(platform: Platform | undefined) {
  return html`${fields.map(([name, label, hint, type]) => {
    const value = name === 'deploymentIds' ? platform?.deploymentIds.join(', ') : platform?.[name]
    return html`<div class="field">
      <label for="platform-${name}">${label}</label>
      ${hint ? html`<p class="hint" id="platform-${name}-hint">${hint}</p>` : ''}
      <input
        id="platform-${name}"
        name=${name}
        type=${type}
        ?required=${name !== 'deploymentIds'}
        autocomplete="off"
        aria-describedby=${hint ? `platform-${name}-hint` : ''}
        .value=${value ?? ''}
      />
    </div>`
  })}
    <label class="check"><input type="checkbox" name="allowAnonymous" ?checked=${platform?.allowAnonymous ?? false} /> Accept launches without a user id (anonymous)</label>`
}

export function readPlatformForm(form: HTMLFormElement): PlatformBody {
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  return {
    name: text('name'),
    issuer: text('issuer'),
    clientId: text('clientId'),
    authorizationEndpoint: text('authorizationEndpoint'),
    tokenEndpoint: text('tokenEndpoint'),
    jwksUri: text('jwksUri'),
    deploymentIds: text('deploymentIds')
      .split(/[\s,]+/)
      .filter((id) => id !== ''),
    allowAnonymous: data.get('allowAnonymous') === 'on',
  }
}
