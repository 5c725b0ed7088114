import { msg, str } from '@lit/localize'

export const loadingResults = () =>
  msg('Loading the results of your class …', { id: 'class-loading' })
export const results = (title: string) => msg(str`Results: ${title}`, { id: 'class-results' })
export const learner = () => msg('Learner', { id: 'class-learner' })
export const pointsHeading = () => msg('Points', { id: 'class-points' })
export const grade = () => msg('Grade', { id: 'class-grade' })
export const actions = () => msg('Actions', { id: 'class-actions' })
export const notHandedIn = () => msg('Not handed in', { id: 'class-not-handed-in' })
export const unnamed = (id: string) => msg(str`Learner ${id}`, { id: 'class-unnamed' })
export const nobody = () => msg('No results yet', { id: 'class-nobody' })
export const nobodyHelp = () =>
  msg('Results appear here as soon as somebody hands in.', { id: 'class-nobody-help' })
export const handedInCount = (done: number, all: number) =>
  msg(str`${done} of ${all} handed in`, { id: 'class-handed-in' })
export const noNames = () =>
  msg(
    'Your LMS does not tell who is in this course, so only those who handed in are listed, without names.',
    { id: 'class-no-names' },
  )
export const noColumn = () =>
  msg('This activity has no place in the gradebook of your LMS, so no grades are sent.', {
    id: 'class-no-column',
  })
export const cut = () => msg('Only the first 1,000 learners are shown.', { id: 'class-cut' })
export const refused = (count: number) =>
  count === 1
    ? msg('Your LMS refused one grade.', { id: 'class-refused-one' })
    : msg(str`Your LMS refused ${count} grades.`, { id: 'class-refused' })
export const resend = () => msg('Send refused grades again', { id: 'class-resend' })
export const resent = () => msg('The grades are on their way again.', { id: 'class-resent' })
export const refresh = () => msg('Refresh', { id: 'class-refresh' })
