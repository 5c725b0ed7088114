import { msg, str } from '@lit/localize'

export const nothingFound = (query: string) =>
  msg(str`Nothing matches “${query}”`, { id: 'picker-nothing-found' })
export const otherWords = () =>
  msg('Try fewer or other words, or look under the other tab.', { id: 'picker-other-words' })
export const noItems = () => msg('No assessments yet', { id: 'picker-no-items' })
export const noItemsHelp = () =>
  msg('Whoever looks after EdPsych Connect at your school can import some.', {
    id: 'picker-no-items-help',
  })
export const noResources = () => msg('No resources yet', { id: 'picker-no-resources' })
export const noResourcesHelp = () =>
  msg('Whoever looks after EdPsych Connect at your school can add some to the library.', {
    id: 'picker-no-resources-help',
  })
export const noPaths = () => msg('No learning paths yet', { id: 'picker-no-paths' })
export const noPathsHelp = () =>
  msg('Whoever looks after EdPsych Connect at your school can make some.', {
    id: 'picker-no-paths-help',
  })
export const closePreview = () => msg('Close preview', { id: 'picker-close-preview' })
export const steps = (count: number) =>
  count === 1 ? msg('1 step', { id: 'steps-one' }) : msg(str`${count} steps`, { id: 'steps' })
export const courseResults = () => msg('Course results', { id: 'picker-course-results' })
export const courseResultsFact = () =>
  msg('For teachers: results of the course it stands in', { id: 'picker-course-results-fact' })
