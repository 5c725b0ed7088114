import { msg } from '@lit/localize'

export const openFromCourse = () =>
  msg('Open this from your course', { id: 'lti-open-from-course' })
export const openFromCourseHelp = () =>
  msg(
    'This page shows an activity when you open it from your course in the LMS. If you were working here, your time ran out: open the activity again from your course.',
    {
      id: 'lti-open-from-course-help',
    },
  )
export const nothingChosen = () => msg('Nothing here yet', { id: 'lti-nothing-chosen' })
export const nothingChosenHelp = () =>
  msg('Your teacher has not chosen an activity for this page yet. Come back later.', {
    id: 'lti-nothing-chosen-help',
  })
export const noRole = () => msg('Your LMS did not say who you are here', { id: 'lti-no-role' })
export const noRoleHelp = () =>
  msg(
    'You can open this activity once you have a role in this course, such as student or teacher. Ask your teacher or the administrator of your LMS.',
    {
      id: 'lti-no-role-help',
    },
  )
export const noLinks = () =>
  msg('Your LMS takes no activities at this place', { id: 'lti-no-links' })
export const noLinksHelp = () =>
  msg(
    'Add the activity at another place of your course, for example with “Add an activity” on the course page.',
    {
      id: 'lti-no-links-help',
    },
  )
export const backToCourse = () => msg('Back to your course', { id: 'lti-back-to-course' })
export const cancelled = () => msg('Nothing was chosen', { id: 'lti-cancelled' })
export const cancelledHelp = () =>
  msg('Students who open this link see a friendly note until you choose something.', {
    id: 'lti-cancelled-help',
  })
export const chooseNow = () => msg('Choose now', { id: 'lti-choose-now' })
export const teachersOnly = () => msg('This page is for teachers', { id: 'lti-teachers-only' })
export const teachersOnlyHelp = () =>
  msg('It shows the results of everybody in the course, so it opens for its teachers alone.', {
    id: 'lti-teachers-only-help',
  })
