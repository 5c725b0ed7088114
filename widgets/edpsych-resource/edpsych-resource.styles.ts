import { css } from 'lit'

export const styles = css`
  .title {
    margin-bottom: 0.35em;
    font-size: 1.5em;
  }
  .kind {
    margin: 0 0 0.35rem;
    color: var(--ep-accent-text);
    font-size: 0.88em;
    font-weight: 650;
    letter-spacing: 0.03em;
  }
  .description {
    max-width: var(--ep-measure);
    color: var(--ep-muted);
    font-size: 1.08em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 1.75rem;
    margin: 0 0 1.25rem;
  }
  .facts dt {
    color: var(--ep-muted);
    font-size: 0.88em;
  }
  .facts dd {
    margin: 0;
    font-weight: 600;
  }
  .text {
    max-width: var(--ep-measure);
    margin: 1.5rem 0;
  }
  .text :is(h3, h4) {
    margin-top: 1.5em;
  }
  .text li {
    margin-bottom: 0.3em;
  }
  .rights {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.25rem 1.1rem;
    margin: 1.5rem 0 0;
    padding: 0.85rem 1.1rem;
    border-radius: var(--ep-radius);
    background: var(--ep-raised);
    font-size: 0.93em;
  }
  .rights dt {
    color: var(--ep-muted);
  }
  .rights dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 26rem) {
    .rights {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
