import { type Html, html } from '../html.ts'

const paths = {
  lark: 'M3 14c3.5.5 6-.8 7.6-3.2C12.3 8.2 14 6 17 6l4-1-2.2 3.2C18.5 14 15 18.5 9 18.5c-3 0-5-1.5-6-4.5zM7 13c2-.2 3.7-1.2 5-3',
  chevron: 'M6 9l6 6 6-6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  bolt: 'M13 2L5 13.5h6L10 22l9-12h-6.5L13 2z',
  activity: 'M5 4h14v16H5zM9 9h6M9 13h6M9 17h3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  plus: 'M12 5v14M5 12h14',
  bin: 'M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v6M14 11v6',
  window: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  grade: 'M4 20V10M10 20V4M16 20v-7M22 20H2',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.7 3.5 5.5',
} as const

/** A decorative line drawing; the text beside it carries the meaning. */
export function icon(name: keyof typeof paths): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${paths[name]}"/></svg>`
}
