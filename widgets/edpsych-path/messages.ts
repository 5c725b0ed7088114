import { msg, str } from '@lit/localize'

export const loadingPath = () => msg('Opening the learning path …', { id: 'path-loading' })
export const steps = () => msg('Steps of this path', { id: 'path-steps' })
export const progress = (done: number, total: number) =>
  msg(str`${done} of ${total} steps done`, { id: 'path-progress' })
export const allDone = () => msg('You have done every step. Well done!', { id: 'path-all-done' })
export const done = () => msg('Done', { id: 'path-done' })
export const scored = (score: string, maxScore: string) =>
  msg(str`${score} of ${maxScore} marks`, { id: 'path-scored' })
export const assessment = () => msg('Assessment', { id: 'path-assessment' })
export const resource = () => msg('Resource', { id: 'path-resource' })
export const gone = () => msg('No longer available', { id: 'path-step-gone' })
export const goneHelp = () =>
  msg('This step was deleted. Go on with another one.', { id: 'path-step-gone-help' })
export const stepOf = (no: number, total: number) =>
  msg(str`Step ${no} of ${total}`, { id: 'path-step-of' })
export const next = () => msg('Next step', { id: 'path-next' })
export const back = () => msg('Back to the steps', { id: 'path-back' })
export const teacherNote = () =>
  msg('You see this as a teacher. Nothing that you do here counts as progress.', {
    id: 'path-teacher-note',
  })
