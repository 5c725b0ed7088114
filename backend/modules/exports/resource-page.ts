import type { ContentBlock, Resource } from '../../../shared/api/resources.ts'
import { type Html, html } from '../../core/html.ts'
import { clean } from './cartridge.ts'

/** A resource that was written in the library, as a page of its own with its licence and whom to name. */
export function resourcePage(resource: Resource): string {
  const { name, description, url, content, license, attribution, inLanguage } = resource
  const licence = license.url
    ? html`<a href="${license.url}" rel="license">${license.name}</a>`
    : html`${license.name}`
  return clean(
    html`<!DOCTYPE html>
<html lang="${inLanguage}" xmlns="http://www.w3.org/1999/xhtml">
<head><meta charset="utf-8"/><title>${name}</title></head>
<body>
<h1>${name}</h1>
${description ? html`<p>${description}</p>` : ''}
${url ? html`<p><a href="${url}">${url}</a></p>` : ''}
${content.map(blockOf)}
<hr/>
<p>Licence: ${licence}. ${attribution}</p>
</body>
</html>
`.markup,
  )
}

function blockOf(block: ContentBlock): Html {
  switch (block.type) {
    case 'heading':
      return html`<h2>${block.text}</h2>\n`
    case 'paragraph':
      return html`<p>${block.text}</p>\n`
    case 'list': {
      const entries = block.entries.map((entry) => html`<li>${entry}</li>`)
      return block.ordered ? html`<ol>${entries}</ol>\n` : html`<ul>${entries}</ul>\n`
    }
  }
}
