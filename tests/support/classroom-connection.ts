import type { StaffBrowser } from './staff-browser.ts'
import { type VendorCase, vendorCases } from './vendor-cases.ts'

export function classroomCase(): VendorCase {
  const [, found] = Object.entries(vendorCases).find(([name]) => name === 'google-classroom') ?? []
  if (!found) throw new TypeError('Google Classroom has no case')
  return found
}

/** A connection with the local Google Classroom, consented to by its administrator and in use; answers its id. */
export async function connectClassroom(
  admin: StaffBrowser,
  vendorsUrl: string,
  { name, config = {} }: { readonly name: string; readonly config?: object },
): Promise<string> {
  const settings = classroomCase().settings(vendorsUrl)
  const { body } = await admin.call('POST /api/v1/connections', {
    body: {
      connectorId: 'google-classroom',
      name,
      config: { ...settings.config, ...config },
      credentials: settings.credentials,
    },
  })
  const id: string = body.id
  await consentTo(admin, id)
  await admin.call(`POST /api/v1/connections/${id}/activate`, { body: {} })
  return id
}

export async function consentTo(admin: StaffBrowser, id: string): Promise<void> {
  const { body } = await admin.call(`POST /api/v1/connections/${id}/authorise`)
  const url = new URL(body.authorizationUrl)
  const back = await fetch(url.origin + url.pathname, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams([
      ...url.searchParams,
      ...Object.entries(classroomCase().consent?.form ?? {}),
    ]),
  })
  const { pathname, search } = new URL(back.headers.get('location') ?? '')
  await admin.call(`GET ${pathname}${search}`)
}
