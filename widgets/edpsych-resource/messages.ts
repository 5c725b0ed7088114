import { msg, str } from '@lit/localize'
import { formatNumber } from '../core/messages.ts'

export const loadingResource = () => msg('Opening the resource …', { id: 'resource-loading' })
export const open = () => msg('Open the resource', { id: 'resource-open' })
export const level = () => msg('Level', { id: 'resource-level' })
export const subjects = () => msg('Subjects', { id: 'resource-subjects' })
export const time = () => msg('Time', { id: 'resource-time' })
export const minutes = (count: number) =>
  count === 1
    ? msg('1 minute', { id: 'minutes-one' })
    : msg(str`${formatNumber(count)} minutes`, { id: 'minutes' })
export const licence = () => msg('Licence', { id: 'resource-licence' })
export const attribution = () => msg('Attribution', { id: 'resource-attribution' })

const kinds = {
  lesson: () => msg('Lesson', { id: 'kind-lesson' }),
  activity: () => msg('Activity', { id: 'kind-activity' }),
  worksheet: () => msg('Worksheet', { id: 'kind-worksheet' }),
  video: () => msg('Video', { id: 'kind-video' }),
  article: () => msg('Article', { id: 'kind-article' }),
  guidance: () => msg('Guidance', { id: 'kind-guidance' }),
}

/** The kind of a resource in words. */
export function kindName(kind: keyof typeof kinds): string {
  return kinds[kind]()
}
