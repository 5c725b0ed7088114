import { type Html, html } from '../../core/html.ts'

/** What one entry of a cartridge opens. */
export type Target =
  | { readonly kind: 'page'; readonly page: string }
  | { readonly kind: 'weblink'; readonly url: string }
  | { readonly kind: 'lti'; readonly url: string; readonly description: string }

export interface Entry {
  readonly title: string
  readonly target: Target
}

export interface Folder {
  readonly title: string
  readonly entries: readonly Entry[]
}

export interface Cartridge {
  readonly identifier: string
  readonly title: string
  readonly parts: readonly (Entry | Folder)[]
}

export interface CartridgeFile {
  readonly path: string
  readonly text: string
}

/** Common Cartridge 1.3 §4.1.2: the type of each resource. */
const types = {
  page: 'webcontent',
  weblink: 'imswl_xmlv1p3',
  lti: 'imsbasiclti_xmlv1p3',
} as const

const extensions = { page: 'html', weblink: 'xml', lti: 'xml' } as const
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The files of a Common Cartridge 1.3, the manifest first. */
export function cartridgeFiles(cartridge: Cartridge): CartridgeFile[] {
  const numbered: { id: string; entry: Entry; path: string }[] = []
  let folders = 0
  const items = cartridge.parts.map((part): Html => {
    if ('target' in part) return leaf(part)
    folders += 1
    return html`<item identifier="f${folders}"><title>${clean(part.title)}</title>${part.entries.map(leaf)}</item>`
  })

  function leaf(entry: Entry): Html {
    const no = numbered.length + 1
    const { kind } = entry.target
    const id = `r${no}`
    numbered.push({ id, entry, path: `content/${id}.${extensions[kind]}` })
    return html`<item identifier="i${no}" identifierref="${id}"><title>${clean(entry.title)}</title></item>`
  }

  const resources = numbered.map(({ id, entry: { target }, path }) =>
    // §4.1.3: only web content names its file in the resource itself.
    target.kind === 'page'
      ? html`<resource identifier="${id}" type="${types.page}" href="${path}"><file href="${path}"/></resource>`
      : html`<resource identifier="${id}" type="${types[target.kind]}"><file href="${path}"/></resource>`,
  )
  return [
    { path: 'imsmanifest.xml', text: manifest(cartridge, items, resources) },
    ...numbered.map(({ entry, path }) => ({ path, text: fileText(entry) })),
  ]
}

function manifest({ identifier, title }: Cartridge, items: Html[], resources: Html[]): string {
  const name = clean(title)
  return (
    declaration +
    html`<manifest identifier="${identifier}" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1" xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1 http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_imscp_v1p2_v1p0.xsd http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest http://www.imsglobal.org/profile/cc/ccv1p3/LOM/ccv1p3_lommanifest_v1p0.xsd">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion><lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string language="en-GB">${name}</lomimscc:string></lomimscc:title></lomimscc:general></lomimscc:lom></metadata>
<organizations><organization identifier="org" structure="rooted-hierarchy"><item identifier="root">${items}</item></organization></organizations>
<resources>${resources}</resources>
</manifest>
`.markup
  )
}

function fileText({ title, target }: Entry): string {
  const name = clean(title)
  switch (target.kind) {
    case 'page':
      return target.page
    case 'weblink':
      return (
        declaration +
        html`<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"><title>${name}</title><url href="${target.url}" target="_blank"/></webLink>
`.markup
      )
    case 'lti':
      return (
        declaration +
        html`<cartridge_basiclti_link xmlns="http://www.imsglobal.org/xsd/imslticc_v1p3" xmlns:blti="http://www.imsglobal.org/xsd/imsbasiclti_v1p0" xmlns:lticm="http://www.imsglobal.org/xsd/imslticm_v1p0" xmlns:lticp="http://www.imsglobal.org/xsd/imslticp_v1p0"><blti:title>${name}</blti:title><blti:description>${clean(target.description)}</blti:description><blti:launch_url>${target.url}</blti:launch_url>${secure(target.url)}<blti:vendor><lticp:code>edpsych-connect</lticp:code><lticp:name>EdPsych Connect</lticp:name></blti:vendor></cartridge_basiclti_link>
`.markup
      )
  }
}

function secure(url: string): Html | null {
  return url.startsWith('https:')
    ? html`<blti:secure_launch_url>${url}</blti:secure_launch_url>`
    : null
}

/** XML 1.0 §2.2 has no place for most control characters, not even escaped. */
export function clean(text: string): string {
  return [...text].filter((character) => isAllowed(character.codePointAt(0) ?? 0)).join('')
}

function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return code <= 0xd7ff || (code >= 0xe000 && code !== 0xfffe && code !== 0xffff)
}
