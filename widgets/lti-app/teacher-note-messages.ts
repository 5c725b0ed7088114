import { msg, str } from '@lit/localize'

export const teacherNote = () =>
  msg(
    'You see this as a teacher. Your students can answer it and their scores go to your gradebook.',
    {
      id: 'lti-teacher-note',
    },
  )
export const teacherNoteNoGrade = () =>
  msg(
    'You see this as a teacher. Your students can answer it; this link has no place in the gradebook, so no scores are sent.',
    {
      id: 'lti-teacher-note-no-grade',
    },
  )
export const chosenNote = () =>
  msg('Saved. Everyone who opens this link from your course now gets what you see below.', {
    id: 'lti-chosen-note',
  })
export const tryAsLearner = () => msg('Try it as a learner (no grade is sent)', { id: 'lti-try' })
export const tryingNote = () =>
  msg('You are trying this as a learner. No grade is sent.', { id: 'lti-trying' })
export const backToTeacher = () => msg('Back to the teacher’s view', { id: 'lti-back' })
export const seeResults = () => msg('See the results of your class', { id: 'lti-see-results' })
export const resultsNote = () =>
  msg('Only those who teach this course see these results.', { id: 'lti-results-note' })
export const copiedCourse = (from: string | null) =>
  from === null
    ? msg(
        'This course is a copy. Its activities open the same things as before; results and gradebook columns here are its own, and begin empty.',
        { id: 'lti-copied-course' },
      )
    : msg(
        str`This course is a copy of “${from}”. Its activities open the same things as before; results and gradebook columns here are its own, and begin empty.`,
        { id: 'lti-copied-course-from' },
      )
export const copiedLink = () =>
  msg(
    'This activity is a copy. It opens the same thing; its results and its gradebook column are its own, and begin empty.',
    { id: 'lti-copied-link' },
  )
