import { css } from 'lit'
import { brandStyles } from '../ui/brand.ts'

export const pairingStyles = [
  brandStyles,
  css`
    header,
    main {
      max-width: 36rem;
      margin-inline: auto;
      padding-inline: 1.25rem;
    }

    header {
      padding-block: 1.5rem 2rem;
    }

    main {
      padding-block-end: 3rem;
    }

    .steps {
      padding-inline-start: 1.4em;
      color: var(--ep-muted);
    }

    .steps li {
      margin-block-end: 0.35rem;
      padding-inline-start: 0.25rem;
    }

    .steps li::marker {
      color: var(--ep-accent-text);
      font-weight: 700;
    }

    #code {
      max-width: 14rem;
      font-family: var(--ep-mono);
      font-size: 1.25em;
      letter-spacing: 0.12em;
      text-transform: uppercase;
    }

    .check {
      display: flex;
      align-items: center;
      gap: 0.65rem;
      min-height: var(--ep-target);
      font-weight: 600;
    }

    .check + .hint {
      margin-block-end: 1.25rem;
      padding-inline-start: 2.15rem;
    }

    form .button {
      width: 100%;
    }

    .danger {
      border-color: var(--ep-danger);
      background: transparent;
      color: var(--ep-danger);
    }

    .danger:hover {
      background: var(--ep-danger-soft);
      color: var(--ep-danger);
    }

    dl {
      display: grid;
      grid-template-columns: max-content 1fr;
      gap: 0.6rem 1.5rem;
      margin-block-end: 1.5rem;
    }

    dt {
      color: var(--ep-muted);
    }

    dd {
      margin: 0;
      font-weight: 600;
      overflow-wrap: anywhere;
    }

    .card + h2 {
      margin-block-start: 2rem;
    }

    @media (max-width: 30rem) {
      dl {
        grid-template-columns: 1fr;
        gap: 0.1rem;
      }

      dd {
        margin-block-end: 0.6rem;
      }
    }
  `,
]
