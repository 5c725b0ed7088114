import { html } from 'lit'
import type { z } from 'zod'
import type { LmsProduct, PlatformBody, ToolConfiguration } from '../../../../shared/api/lti.ts'
import { platformFields, readPlatformForm } from '../platform-form.ts'
import { productNames } from './steps.ts'

type Known = z.output<typeof ToolConfiguration>['platform']

/** The few fields that are left to ask where the addresses of the LMS are known. */
export function handFields(product: LmsProduct) {
  if (product === 'other') return platformFields(undefined)
  const fields = [
    ['name', 'Name', 'How people call this LMS', 'text', true],
    ...(product === 'moodle'
      ? [
          [
            'address',
            'Web address',
            'As in the browser, without what follows the name',
            'url',
            true,
          ] as const,
        ]
      : []),
    [
      'clientId',
      product === 'blackboard' ? 'Client ID (Application ID)' : 'Client ID',
      '',
      'text',
      true,
    ],
    [
      'deploymentIds',
      'Deployment ID',
      product === 'moodle' ? '' : 'Leave empty to approve the first launch instead',
      'text',
      product === 'moodle',
    ],
  ] as const
  return fields.map(
    ([name, label, hint, type, isRequired]) => html`<div class="field">
      <label for="hand-${name}">${label}</label>
      ${hint ? html`<p class="hint" id="hand-${name}-hint">${hint}</p>` : ''}
      <input id="hand-${name}" name=${name} type=${type} ?required=${isRequired} autocomplete="off"
        aria-describedby=${hint ? `hand-${name}-hint` : ''}
        .value=${name === 'name' ? `Our ${productNames[product]}` : ''} />
    </div>`,
  )
}

/** The registration that the form describes, with the addresses that every such LMS has. */
export function readHandForm(
  form: HTMLFormElement,
  product: LmsProduct,
  known: Known,
): PlatformBody {
  if (product === 'other') return { ...readPlatformForm(form), product }
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const address = text('address').replace(/\/+$/, '')
  const clientId = text('clientId')
  const fill = (template: string | null) =>
    (template ?? '').replaceAll('{address}', address).replaceAll('{clientId}', clientId)
  return {
    name: text('name'),
    product,
    issuer: fill(known.issuer),
    clientId,
    authorizationEndpoint: fill(known.authorizationEndpoint),
    tokenEndpoint: fill(known.tokenEndpoint),
    jwksUri: fill(known.jwksUri),
    deploymentIds: text('deploymentIds')
      .split(/[\s,]+/)
      .filter((id) => id !== ''),
  }
}
