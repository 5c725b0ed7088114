import { msg, str } from '@lit/localize'

export const title = () => msg('Course results', { id: 'course-results-title' })
export const titleOf = (course: string) =>
  msg(str`Course results: ${course}`, { id: 'course-results-title-of' })
export const loadingResults = () => msg('Reading the results …', { id: 'course-results-loading' })
export const learner = () => msg('Learner', { id: 'course-results-learner' })
export const nameless = (no: number) => msg(str`Learner ${no}`, { id: 'course-results-nameless' })
export const notYet = () => msg('Not submitted', { id: 'course-results-not-yet' })
export const submittedBy = (done: number, total: number) =>
  msg(str`${done} of ${total} learners`, { id: 'course-results-submitted-by' })
export const submitted = () => msg('Submitted', { id: 'course-results-submitted' })
export const deletedItem = () => msg('Deleted assessment', { id: 'course-results-deleted-item' })
export const noResults = () => msg('No results yet', { id: 'course-results-none' })
export const noResultsHelp = () =>
  msg('They appear here once learners of this course submit an assessment.', {
    id: 'course-results-none-help',
  })
export const noNames = () =>
  msg(
    'Your LMS did not tell who is in the course, so learners have no names here. Its administrator can allow “Names and Roles” for the tool.',
    { id: 'course-results-no-names' },
  )
export const notWhole = () =>
  msg('The course has more results than are shown here.', { id: 'course-results-not-whole' })
