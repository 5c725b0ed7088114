import { msg, str } from '@lit/localize'

export const title = () => msg('Dates and points', { id: 'placement-title' })
export const linkTitle = () => msg('Title in the course', { id: 'placement-link-title' })
export const points = () => msg('Points in the gradebook', { id: 'placement-points' })
export const pointsHint = (marks: string) =>
  msg(str`Empty: ${marks}, as many as it has. 0: no gradebook column.`, {
    id: 'placement-points-hint',
  })
export const opens = () => msg('Can be opened from', { id: 'placement-opens' })
export const closes = () => msg('Can be opened until', { id: 'placement-closes' })
export const due = () => msg('Answers are due', { id: 'placement-due' })
export const window = () => msg('Open in a new window', { id: 'placement-window' })
export const order = () =>
  msg('This is before the time from which it can be opened.', { id: 'placement-order' })
export const whoDecides = () =>
  msg('Your LMS decides what it takes over of this; you can change it there later.', {
    id: 'placement-who-decides',
  })
