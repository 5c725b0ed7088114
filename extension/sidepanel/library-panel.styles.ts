import { css } from 'lit'
import { brandStyles } from '../ui/brand.ts'

export const panelStyles = [
  brandStyles,
  css`
    :host {
      --ep-space: 0.85rem;
      display: flex;
      flex-direction: column;
      min-height: 100dvh;
      font-size: 0.95rem;
    }

    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 0.25rem 1rem;
      padding: 0.85rem 1rem;
      border-block-end: var(--ep-border) solid var(--ep-line);
      background: var(--ep-surface);
    }

    .tenant {
      margin: 0;
      color: var(--ep-muted);
      font-size: 0.9em;
    }

    main {
      display: flex;
      flex: 1;
      flex-direction: column;
      width: 100%;
      max-width: 44rem;
      margin-inline: auto;
      padding: 1rem;
    }

    [role="search"] {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.75rem;
    }

    [role="search"] .field {
      flex: 1 1 9rem;
      min-width: 0;
      margin-block-end: 0.75rem;
    }

    [role="search"] :is(input, select) {
      width: 100%;
      min-width: 0;
    }

    [role="search"] .share-as {
      flex: 0 0 9rem;
    }

    .class {
      margin-block-end: 1rem;
      color: var(--ep-muted);
      font-size: 0.9em;
    }

    .class[data-open]::before {
      content: "";
      display: inline-block;
      width: 0.6em;
      height: 0.6em;
      margin-inline-end: 0.5em;
      border-radius: 50%;
      background: var(--ep-success);
    }

    .results {
      display: grid;
      gap: 0.85rem;
      padding: 0;
      list-style: none;
    }

    .card {
      padding: 1rem;
    }

    .card h2 {
      margin: 0;
      font-size: 1.1em;
    }

    .card h2 .button {
      justify-content: start;
      padding-inline: 0;
      border: 0;
      font-weight: 650;
      text-align: start;
      text-decoration-color: transparent;
    }

    .card h2 .button:hover {
      text-decoration-color: currentcolor;
    }

    .facts {
      display: flex;
      flex-wrap: wrap;
      gap: 0.35rem;
      margin-block: 0.4rem 0.6rem;
    }

    .tag {
      padding: 0.1em 0.65em;
      border-radius: 1em;
      background: var(--ep-raised);
      color: var(--ep-muted);
      font-size: 0.86em;
      font-weight: 500;
    }

    .description {
      display: -webkit-box;
      margin-block-end: 0.6rem;
      overflow: hidden;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
    }

    .credit {
      margin-block-end: 0.85rem;
      color: var(--ep-muted);
      font-size: 0.88em;
    }

    .share,
    .more {
      width: 100%;
    }

    .more {
      margin-block-start: 1rem;
    }

    .preview {
      display: flex;
      flex: 1;
      flex-direction: column;
    }

    .button.back {
      align-self: start;
      margin-block-end: 0.75rem;
      padding-inline: 0;
      border: 0;
    }

    .preview .credit {
      margin-block-start: 1rem;
    }

    .preview h1 {
      margin-block-end: 0.4em;
      font-size: 1.5em;
    }

    .preview h2 {
      margin-block-start: 1.25em;
    }

    .lead {
      font-size: 1.08em;
    }

    footer {
      position: sticky;
      inset-block-end: 0;
      margin: auto -1rem -1rem;
      padding: 0.85rem 1rem 1rem;
      border-block-start: var(--ep-border) solid var(--ep-line);
      background: var(--ep-surface);
    }

    fieldset {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1rem;
      margin: 0 0 0.75rem;
      padding: 0;
      border: 0;
    }

    legend {
      margin-block-end: 0.35rem;
      padding: 0;
      font-weight: 600;
    }

    fieldset label {
      display: inline-flex;
      align-items: center;
      gap: 0.45rem;
      min-height: 1.75rem;
    }
  `,
]
