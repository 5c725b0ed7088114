import { classroomOrigin } from '../../shared/classroom-share.ts'

/** A class's stream or classwork page, read from its address alone. */
export interface ClassPage {
  readonly view: 'stream' | 'classwork'
  readonly classId: string
  /** The number Google's API and share page know the class by; null where the id does not hold one. */
  readonly courseId: string | null
  /** Which of several signed-in Google accounts the page is for; null where the address does not say. */
  readonly account: number | null
}

const classPath =
  /^(?:\/u\/(\d{1,2}))?\/(?:c\/([\w-]{4,64}={0,2})|w\/([\w-]{4,64}={0,2})(?:\/.*)?)\/?$/

/** Reads a class page; undefined elsewhere: home, people, marks, a single post, other sites. */
export function readClassPage(address: string): ClassPage | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.origin !== classroomOrigin) return undefined
  const [, account, streamId, classworkId] = classPath.exec(url.pathname) ?? []
  const classId = streamId ?? classworkId
  if (!classId) return undefined
  return {
    view: streamId ? 'stream' : 'classwork',
    classId,
    courseId: readCourseId(classId),
    account: account ? Number(account) : null,
  }
}

function readCourseId(classId: string): string | null {
  try {
    const decoded = atob(classId.replaceAll('-', '+').replaceAll('_', '/'))
    return /^\d{3,20}$/.test(decoded) ? decoded : null
  } catch {
    // Not base64: an address form Google has not used so far.
    return null
  }
}
