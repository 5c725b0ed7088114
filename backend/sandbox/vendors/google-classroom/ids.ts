const userBase = 100_000_000_000_000_000_000n
const courseBase = 600_000_000_000
const workBase = 700_000_000_000

/** Google's numbers are longer than JavaScript can count. */
export const googleUserId = (id: number): string => String(userBase + BigInt(id))
export const googleCourseId = (id: number): string => String(courseBase + id)
export const googleWorkId = (id: number): string => String(workBase + id)

export function schoolUserId(googleId: string): number | null {
  return /^\d{21}$/.test(googleId) ? Number(BigInt(googleId) - userBase) : null
}

/** One for each learner and course work. */
export const submissionIdOf = (workId: string, userId: string): string =>
  Buffer.from(`${workId}/${userId}`).toString('base64url')

export function partsOfSubmissionId(id: string): { workId: string; userId: string } | null {
  const [workId, userId, more] = Buffer.from(id, 'base64url').toString().split('/')
  return workId && userId && more === undefined ? { workId, userId } : null
}
