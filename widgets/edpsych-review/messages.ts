import { msg, str } from '@lit/localize'
import type { ReviewedAttempt } from '../../shared/api/lti-review.ts'

export const loadingReview = () => msg('Loading the work …', { id: 'review-loading' })
export const workOf = (name: string) => msg(str`Work of ${name}`, { id: 'review-work-of' })
export const yourWork = () => msg('Your work', { id: 'review-your-work' })
export const aLearner = () => msg('a learner', { id: 'review-a-learner' })
export const nothingYet = () => msg('Nothing handed in yet', { id: 'review-nothing-yet' })
export const nothingYetHelp = () =>
  msg('Work appears here as soon as it is handed in.', { id: 'review-nothing-yet-help' })
export const handedIn = (when: string) => msg(str`Handed in ${when}`, { id: 'review-handed-in' })
export const points = (score: number, maxScore: number) =>
  msg(str`${score} of ${maxScore} points`, { id: 'review-points' })
export const notTheLast = () =>
  msg('A later try counts in the gradebook.', { id: 'review-not-the-last' })
export const commented = (comment: string) =>
  msg(str`Comment: ${comment}`, { id: 'review-comment' })
export const change = () => msg('Change points or comment', { id: 'review-change' })
export const changeOf = (name: string) =>
  msg(str`Change points or comment of ${name}`, { id: 'review-change-of' })
export const pointsLabel = (maxScore: number) =>
  msg(str`Points (0 to ${maxScore})`, { id: 'review-points-label' })
export const commentLabel = () =>
  msg('Comment for the learner (optional)', { id: 'review-comment-label' })
export const save = () => msg('Save', { id: 'review-save' })
export const cancel = () => msg('Cancel', { id: 'review-cancel' })
export const saved = () =>
  msg('Saved. The grade is on its way to the gradebook.', { id: 'review-saved' })
export const savedNoColumn = () => msg('Saved.', { id: 'review-saved-no-column' })

const stateNames: Record<ReviewedAttempt['state'], () => string> = {
  sent: () => msg('In the gradebook', { id: 'review-grade-sent' }),
  waiting: () => msg('On its way to the gradebook', { id: 'review-grade-waiting' }),
  refused: () => msg('Refused by the LMS', { id: 'review-grade-refused' }),
  'no-column': () => msg('No gradebook column', { id: 'review-grade-no-column' }),
}
export const gradeState = (state: ReviewedAttempt['state']) => stateNames[state]()
