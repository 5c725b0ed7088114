import { msg, str } from '@lit/localize'
import { formatNumber } from '../core/messages.ts'

export const loadingItem = () => msg('Opening the activity …', { id: 'assessment-loading' })
export const chooseOne = () => msg('Choose one answer.', { id: 'choose-one' })
export const chooseAll = () => msg('Choose all that apply.', { id: 'choose-all' })
export const chooseExactly = (count: number) =>
  msg(str`Choose ${count} answers.`, { id: 'choose-exactly' })
export const chooseUpTo = (max: number) =>
  msg(str`Choose up to ${max} answers.`, { id: 'choose-up-to' })
export const chooseAtLeast = (min: number) =>
  min === 1
    ? msg('Choose one or more answers.', { id: 'choose-one-or-more' })
    : msg(str`Choose at least ${min} answers.`, { id: 'choose-at-least' })
export const chooseBetween = (min: number, max: number) =>
  msg(str`Choose ${min} to ${max} answers.`, { id: 'choose-between' })
export const chosenCount = (count: number, max: number) =>
  msg(str`${count} of ${max} chosen.`, { id: 'chosen-count' })
export const tooMany = (count: number, max: number) =>
  max === 1
    ? msg(str`You chose ${count} answers. Choose only one.`, { id: 'too-many-for-one' })
    : msg(str`You chose ${count} answers. Choose no more than ${max}.`, { id: 'too-many' })
export const tooFew = (count: number, min: number) =>
  msg(str`You chose ${count}. Choose at least ${min}.`, { id: 'too-few' })
export const question = () => msg('Question', { id: 'question' })
export const questionOf = (number: number, count: number) =>
  msg(str`Question ${number} of ${count}`, { id: 'question-of' })
export const yourAnswer = () => msg('Your answer', { id: 'your-answer' })
export const yourAnswerOf = (number: number, count: number) =>
  msg(str`Your answer ${number} of ${count}`, { id: 'your-answer-of' })
export const unusualForm = () =>
  msg('This may not be in the form that is asked for. Check it once more.', {
    id: 'unusual-form',
  })
export const review = () => msg('Check my answers', { id: 'review' })
export const reviewTitle = () =>
  msg('Check your answers before you send them', { id: 'review-title' })
export const sendOnce = () =>
  msg('You can send your answers once. After that they cannot be changed.', { id: 'send-once' })
export const notAnswered = () => msg('Not answered', { id: 'not-answered' })
export const someUnanswered = (count: number) =>
  count === 1
    ? msg('One question is not answered yet.', { id: 'one-unanswered' })
    : msg(str`${count} questions are not answered yet.`, { id: 'some-unanswered' })
export const change = () => msg('Change my answers', { id: 'change' })
export const send = () => msg('Send my answers', { id: 'send' })
export const sending = () => msg('Sending your answers …', { id: 'sending' })
export const answersKept = () =>
  msg('Your answers are still here. Nothing is lost.', { id: 'answers-kept' })
export const answersRestored = () =>
  msg('Your earlier answers were brought back. Check them before you go on.', {
    id: 'answers-restored',
  })
export const resultTitle = () => msg('Your answers have been sent', { id: 'result-title' })
export const resultScore = (score: number, maxScore: number) =>
  msg(str`You scored ${formatNumber(score)} out of ${formatNumber(maxScore)}.`, {
    id: 'result-score',
  })
export const gradeSent = () =>
  msg('Your score has been sent to your teacher’s gradebook.', { id: 'grade-sent' })
export const gradePending = () =>
  msg('Your score is on its way to your teacher’s gradebook. You do not need to wait here.', {
    id: 'grade-pending',
  })
export const gradeFailed = () =>
  msg(
    'Your score is kept safely here, but it has not reached the gradebook yet. Please tell your teacher.',
    {
      id: 'grade-failed',
    },
  )
export const gradeNone = () => msg('No grade is sent for this activity.', { id: 'grade-none' })
export const previewNote = () =>
  msg('Preview: try the answers as you like. Nothing is kept and nothing is scored.', {
    id: 'preview-note',
  })
