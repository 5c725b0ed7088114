import { css } from 'lit'

export const styles = css`
  .title {
    font-size: 1.45em;
  }
  .body > :first-child {
    margin-top: 0;
  }
  .body :is(img, video, svg, math, table) {
    max-width: 100%;
  }
  .body :is(img, video) {
    height: auto;
    border-radius: var(--ep-radius-small);
  }
  .body blockquote {
    margin: 0 0 1em;
    padding: 0.75rem 1.1rem;
    border-inline-start: 5px solid var(--ep-accent);
    border-radius: var(--ep-radius-small);
    background: var(--ep-raised);
  }
  .body table {
    border-collapse: collapse;
  }
  .body :is(th, td) {
    padding: 0.4em 0.75em;
    border: var(--ep-border) solid var(--ep-line);
  }
  .body pre {
    overflow-x: auto;
  }

  fieldset {
    min-width: 0;
    margin: 1.5rem 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-bottom: 0.25rem;
    padding: 0;
    font-size: 1.1em;
    font-weight: 600;
  }
  legend p {
    margin: 0;
  }
  .options {
    display: grid;
    gap: 0.6rem;
  }
  .options.horizontal {
    grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
  }
  .option {
    display: flex;
    align-items: flex-start;
    gap: 0.85rem;
    min-height: var(--ep-target);
    padding: 0.7rem 1rem;
    border: 2px solid var(--ep-line);
    border-radius: var(--ep-radius);
    background: var(--ep-surface);
    cursor: pointer;
    transition:
      border-color var(--ep-move),
      background var(--ep-move);
  }
  .option:hover {
    border-color: var(--ep-line-strong);
  }
  .option:has(:checked) {
    border-color: var(--ep-primary);
    background: var(--ep-primary-soft);
  }
  .option:has(:focus-visible) {
    outline: 3px solid var(--ep-focus);
    outline-offset: 2px;
  }
  .option :focus-visible {
    outline: none;
  }
  .option > span {
    min-width: 0;
    align-self: center;
  }
  .option > span > :is(p, div):last-child {
    margin-bottom: 0;
  }
  .invalid .option {
    border-color: var(--ep-danger);
  }
  .problem {
    display: block;
    margin: 0 0 0.6rem;
    color: var(--ep-danger);
    font-weight: 600;
  }
  .problem[hidden] {
    display: none;
  }
  .text-entry input {
    min-height: 2.5rem;
    margin: 0.15rem 0.2rem;
    padding-block: 0.2em;
    border-width: 2px;
    vertical-align: baseline;
  }

  .bar {
    position: sticky;
    bottom: 0;
    margin-top: 1.5rem;
    padding: 0.85rem 0;
    border-top: var(--ep-border) solid var(--ep-line);
    background: var(--ep-assessment-ground, var(--ep-page));
  }
  @media (max-height: 30rem) {
    /* At 400 % zoom a bar that stays would cover the question. */
    .bar {
      position: static;
    }
  }
  .bar .hint {
    margin-bottom: 0.6rem;
  }

  .review {
    display: grid;
    gap: 0.75rem;
    margin: 1rem 0;
  }
  .review > div {
    padding: 0.85rem 1.1rem;
    border: var(--ep-border) solid var(--ep-line);
    border-radius: var(--ep-radius);
    background: var(--ep-surface);
  }
  .review dt {
    color: var(--ep-muted);
  }
  .review dd {
    margin: 0.2rem 0 0;
    font-size: 1.08em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .review .missing {
    color: var(--ep-warning);
  }
  .review .doubt {
    color: var(--ep-warning);
    font-size: 0.9em;
    font-weight: 500;
  }

  .result {
    text-align: center;
  }
  .tick {
    width: 3.5rem;
    height: 3.5rem;
    margin: 0 auto 0.75rem;
    color: var(--ep-success);
  }
  .score {
    margin: 0.25rem 0 1rem;
    font-size: 1.25em;
  }
  .score strong {
    color: var(--ep-primary);
    font-size: 1.4em;
  }
  .passback {
    display: inline-block;
    margin: 0;
    text-align: start;
  }

  @media (forced-colors: active) {
    .option:has(:checked) {
      border-color: Highlight;
    }
    .option:has(:focus-visible) {
      outline-color: Highlight;
    }
  }
`
