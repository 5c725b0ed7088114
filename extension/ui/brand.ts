import { css, html } from 'lit'
import iconUrl from '../icons/48.png'

/** The mark and name at the top of a page of the extension. */
export function brand() {
  return html`<p class="brand"><img src=${iconUrl} alt="" width="28" height="28" />EdPsych Connect</p>`
}

export const brandStyles = css`
  .brand {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    margin: 0;
    color: var(--ep-text);
    font-weight: 700;
    letter-spacing: -0.01em;
  }

  .brand img {
    border-radius: 7px;
  }
`
