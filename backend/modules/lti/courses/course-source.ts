import type { TenantContext } from '../../../core/tenancy.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { mustFind } from '../platforms/platforms.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import { type CourseRecords, emptyRecords, recordsOf } from './course-records.ts'
import {
  type CourseMemory,
  type CourseRow,
  countCourses,
  findCoursesAfter,
  rememberCourses,
} from './course-store.ts'
import { type CourseReading, readCourse } from './read-course.ts'

export interface CourseSource {
  read(
    ctx: TenantContext,
    platformId: string,
  ): Promise<{ readonly id: string; readonly tenantId: string; readonly name: string }>
  count(
    ctx: TenantContext,
    platformId: string,
  ): Promise<{ readonly courses: number; readonly readable: number }>
  pull(ctx: TenantContext, platformId: string, request: CoursePull): AsyncIterable<CoursePage>
}

interface CoursePull {
  readonly since: string | undefined
  /** Everything is read and sent, whatever is remembered of it. */
  readonly full: boolean
  /** Nothing is remembered, as nothing is taken over. */
  readonly preview: boolean
  readonly signal: AbortSignal
}

export interface CoursePage extends CourseRecords {
  readonly cursor: string
  readonly total: { readonly classes: number }
}

/** Courses that are asked for at once: no LMS of a school minds four requests. */
const atOnce = 4
const coursesPerPage = 40
/** So that a page is written in a moment, and not much is kept in memory. */
const mostMembersPerPage = 4_000
const position = 'after:'
const finished = 'finished'

/** The courses that launches came from, read through Names and Roles. */
export function createCourseSource(deps: ServiceDeps): CourseSource {
  return {
    async read(ctx, platformId) {
      const { _id, tenantId, name } = await mustFind(ctx, platformId)
      return { id: _id, tenantId, name }
    },
    async count(ctx, platformId) {
      await mustFind(ctx, platformId)
      return countCourses(ctx, platformId)
    },
    pull: (ctx, platformId, request) => pull(deps, ctx, platformId, request),
  }
}

async function* pull(
  deps: ServiceDeps,
  ctx: TenantContext,
  platformId: string,
  { since, full, preview, signal }: CoursePull,
): AsyncGenerator<CoursePage> {
  const platform = await mustFind(ctx, platformId)
  const { readable } = await countCourses(ctx, platformId)
  const total = { classes: readable }
  let after = since?.startsWith(position) ? since.slice(position.length) : null
  for (;;) {
    const courses = await findCoursesAfter(ctx, platformId, { after, limit: coursesPerPage })
    const last = courses.at(-1)
    if (last === undefined) break
    const how = { full, signal, requestId: ctx.requestId }
    for await (const { readings, lastId } of inPages(deps, platform, courses, how)) {
      yield { ...gather(readings), total, cursor: `${position}${lastId}` }
      // Taken over by now: what is the same the next time need not be sent again.
      if (!preview) await rememberCourses(ctx, memoriesOf(readings))
    }
    after = last._id
  }
  yield { ...emptyRecords(), total, cursor: finished }
}

interface Page {
  readonly readings: CourseReading[]
  readonly lastId: string
}

/** Reads several at once, and hands them on in their order before they become too many people. */
async function* inPages(
  deps: ServiceDeps,
  platform: PlatformRow,
  courses: readonly CourseRow[],
  how: { readonly full: boolean; readonly signal: AbortSignal; readonly requestId: string },
): AsyncGenerator<Page> {
  let readings: CourseReading[] = []
  let members = 0
  for (let at = 0; at < courses.length; at += atOnce) {
    const next = courses.slice(at, at + atOnce)
    const read = await Promise.all(next.map((course) => readCourse(deps, platform, course, how)))
    readings.push(...read)
    for (const one of read) if ('members' in one) members += one.members.length
    const lastId = next.at(-1)?._id
    if (lastId === undefined || (members < mostMembersPerPage && at + atOnce < courses.length)) {
      continue
    }
    yield { readings, lastId }
    readings = []
    members = 0
  }
}

function gather(readings: readonly CourseReading[]): CourseRecords {
  const all = emptyRecords()
  for (const reading of readings) {
    const records = recordsOf(reading)
    for (const name of Object.keys(all) as (keyof CourseRecords)[]) {
      // The same member of both, so of the same kind.
      ;(all[name] as unknown[]).push(...records[name])
    }
  }
  return all
}

function memoriesOf(readings: readonly CourseReading[]): ReadonlyMap<string, CourseMemory | null> {
  const memories = new Map<string, CourseMemory | null>()
  for (const reading of readings) {
    if (reading.is === 'read' || reading.is === 'changed' || reading.is === 'same') {
      const { hash, differencesUrl } = reading
      const { synced } = reading.course
      if (synced?.hash === hash && synced.differencesUrl === differencesUrl) continue
      memories.set(reading.course._id, { hash, differencesUrl })
    } else if (reading.is === 'gone') {
      memories.set(reading.course._id, null)
    }
  }
  return memories
}
