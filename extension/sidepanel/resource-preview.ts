import { msg } from '@lit/localize'
import { html, nothing } from 'lit'
import type { ContentBlock } from '../../shared/api/resources.ts'
import { type ItemType, itemTypes } from '../../shared/classroom-share.ts'
import type { LibraryResource } from '../messages.ts'
import { type CardActions, creditOf, factsOf, itemTypeName } from './resource-card.ts'

/** A resource as a class would see it, before it is shared. */
export function resourcePreview(
  resource: LibraryResource,
  itemType: ItemType,
  { back, share, chooseItemType }: CardActions,
) {
  const { name, description, about, content, shareUrl, language } = resource
  return html`<article class="preview">
    <button type="button" class="button link back" @click=${back}>
      ← ${msg('Back to the list', { id: 'extension-back' })}
    </button>
    <h1 tabindex="-1" lang=${language || nothing}>${name}</h1>
    ${factsOf(resource)}
    ${about.length > 0 ? html`<p class="hint">${about.join(', ')}</p>` : nothing}
    <div lang=${language || nothing}>
      ${description ? html`<p class="lead">${description}</p>` : nothing}
      ${content.map(renderBlock)}
    </div>
    ${creditOf(resource)}
    <p>
      <a href=${shareUrl} target="_blank" rel="noopener">
        ${msg('Open the page your class will see', { id: 'extension-open-page' })}
      </a>
    </p>
    <footer>
      <fieldset>
        <legend>${msg('Share as', { id: 'extension-share-as' })}</legend>
        ${itemTypes.map(
          (type) => html`<label>
            <input
              type="radio"
              name="item-type"
              .checked=${type === itemType}
              @change=${() => chooseItemType(type)}
            />${itemTypeName(type)}
          </label>`,
        )}
      </fieldset>
      <button type="button" class="button share" @click=${() => share(resource)}>
        ${msg('Share to Classroom', { id: 'extension-share' })}
      </button>
    </footer>
  </article>`
}

function renderBlock(block: ContentBlock) {
  switch (block.type) {
    case 'heading':
      return html`<h2>${block.text}</h2>`
    case 'paragraph':
      return html`<p>${block.text}</p>`
    case 'list': {
      const entries = block.entries.map((entry) => html`<li>${entry}</li>`)
      return block.ordered ? html`<ol>${entries}</ol>` : html`<ul>${entries}</ul>`
    }
  }
}
