import { html, type TemplateResult } from 'lit'
import type { ProviderBody } from '../../../../shared/api/sso.ts'
import { grantableRoles, presetNames } from './sso-words.ts'

type Role = keyof typeof grantableRoles

/** The body that a form describes; the server says what is wrong with it. */
export async function readProviderForm(
  form: HTMLFormElement,
): Promise<{ readonly body: ProviderBody }> {
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const optional = (name: string) => (text(name) === '' ? {} : { [name]: text(name) })
  const common = {
    name: text('name'),
    // The options are the presets and roles of the contract.
    preset: text('preset') as ProviderBody['preset'],
    enabled: true,
    createsAccounts: data.has('createsAccounts'),
    defaultRole: (text('defaultRole') || null) as Role | null,
    roleMapping: readMapping(text('roleMapping')),
    ...optional('emailClaim'),
    ...optional('roleClaim'),
  }
  if (text('protocol') === 'oidc') {
    return {
      body: {
        ...common,
        protocol: 'oidc',
        issuer: text('issuer'),
        clientId: text('clientId'),
        ...optional('clientSecret'),
        ...optional('hostedDomain'),
      },
    }
  }
  const file = data.get('metadataFile')
  const metadataXml = file instanceof File && file.size > 0 ? await file.text() : undefined
  return {
    body: {
      ...common,
      protocol: 'saml',
      ...(metadataXml === undefined ? optional('metadataUrl') : { metadataXml }),
    },
  }
}

/** One line for each value: `value = role`. */
export function readMapping(text: string): { value: string; role: Role }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.lastIndexOf('=')
      const role = line.slice(at + 1).trim()
      // A role that does not exist is refused by the server, which names it.
      return { value: line.slice(0, Math.max(at, 0)).trim(), role: role as Role }
    })
}

export function writeMapping(mapping: readonly { value: string; role: string }[]): string {
  return mapping.map(({ value, role }) => `${value} = ${role}`).join('\n')
}

function field(
  name: string,
  label: string,
  hint: string,
  input: Partial<{ type: string; required: boolean; value: string }> = {},
): TemplateResult {
  return html`<div class="field">
    <label for="sso-${name}">${label}</label>
    <p class="hint" id="sso-${name}-hint">${hint}</p>
    <input
      id="sso-${name}"
      name=${name}
      type=${input.type ?? 'text'}
      ?required=${input.required ?? false}
      .value=${input.value ?? ''}
      aria-describedby="sso-${name}-hint"
      autocomplete="off"
    />
  </div>`
}

/** The fields of a new provider, by its protocol. */
export function providerFields(protocol: 'saml' | 'oidc'): TemplateResult {
  return html`
    ${field('name', 'Name', 'Staff read it on the sign-in button, for example “School account”.', { required: true })}
    <div class="field">
      <label for="sso-preset">Whose product</label>
      <select id="sso-preset" name="preset">
        ${Object.entries(presetNames).map(([value, label]) => html`<option value=${value} ?selected=${value === 'other'}>${label}</option>`)}
      </select>
    </div>
    <input type="hidden" name="protocol" .value=${protocol} />
    ${
      protocol === 'saml'
        ? html`
            ${field('metadataUrl', 'Address of its metadata', 'Read now and every day, so that new certificates are known in time.', { type: 'url' })}
            <div class="field">
              <label for="sso-metadata-file">Or its metadata as a file</label>
              <input id="sso-metadata-file" name="metadataFile" type="file" accept=".xml,application/xml,text/xml" />
            </div>`
        : html`
            ${field('issuer', 'Issuer', 'For Entra https://login.microsoftonline.com/<tenant id>/v2.0, for Google https://accounts.google.com.', { type: 'url', required: true })}
            ${field('clientId', 'Client ID', 'From the registration of this service at the provider.', { required: true })}
            ${field('clientSecret', 'Client secret', 'Kept sealed and never shown again.', { type: 'password' })}
            ${field('hostedDomain', 'Hosted domain', 'Google Workspace only: accounts of this domain may sign in.')}`
    }
    ${mappingFields({ createsAccounts: false, defaultRole: null, roleMapping: [], roleClaim: null })}
  `
}

export function mappingFields(values: {
  readonly createsAccounts: boolean
  readonly defaultRole: string | null
  readonly roleMapping: readonly { value: string; role: string }[]
  readonly roleClaim: string | null
}): TemplateResult {
  return html`
    <fieldset>
      <legend>Accounts and roles</legend>
      <p>
        <label class="check"><input type="checkbox" name="createsAccounts" ?checked=${values.createsAccounts} /> <span>Make an account for people who sign in for the first time</span></label>
      </p>
      <div class="field">
        <label for="sso-default-role">Role where no line below applies</label>
        <select id="sso-default-role" name="defaultRole">
          <option value="">None</option>
          ${Object.entries(grantableRoles).map(([value, label]) => html`<option value=${value} ?selected=${value === values.defaultRole}>${label}</option>`)}
        </select>
      </div>
      ${field('roleClaim', 'Attribute with groups or roles', 'Empty: the usual ones (groups, roles, eduPersonAffiliation).', { value: values.roleClaim ?? '' })}
      <div class="field">
        <label for="sso-mapping">Which value gives which role</label>
        <p class="hint" id="sso-mapping-hint">One line each, such as “All-Teachers = teacher”. Roles: ${Object.keys(grantableRoles).join(', ')}.</p>
        <textarea id="sso-mapping" name="roleMapping" rows="4" aria-describedby="sso-mapping-hint" .value=${writeMapping(values.roleMapping)}></textarea>
      </div>
    </fieldset>
  `
}
