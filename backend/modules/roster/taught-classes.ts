import type { SourceKind } from '../../../shared/api/roster-matches.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { ClassModel, type ClassRow } from './store.ts'

/** What is said of a class. */
export interface ClassValues {
  readonly title: string
  readonly subjects: readonly string[]
  readonly grades: readonly string[]
}

export interface TaughtClass extends ClassValues {
  readonly sourcedId: string
}

/** Classes of the roster that these identifiers name. */
export async function findTaughtClasses(
  { tenantId }: TenantContext,
  identifiers: readonly string[],
): Promise<ReadonlyMap<string, TaughtClass>> {
  if (identifiers.length === 0) return new Map()
  const rows = await ClassModel.find({ tenantId, sourcedId: { $in: [...identifiers] } })
    .lean<ClassRow[]>()
    .exec()
  return new Map(rows.map((row) => [row.sourcedId, row]))
}

/**
 * What holds of a course of an LMS in which classes of the student record system are taught: subjects and year groups
 * are that system's where it knows them, the title is the owner's. Who belongs to the course is the LMS's alone.
 */
export function resolveClass(
  course: ClassValues,
  taught: readonly TaughtClass[],
  titleOwner: SourceKind,
): ClassValues & { readonly sisClassSourcedIds: readonly string[] } {
  const all = (name: 'subjects' | 'grades', most: number) => {
    const known = [...new Set(taught.flatMap((one) => one[name]))].slice(0, most)
    return known.length > 0 ? known : course[name]
  }
  // Two classes in one course have no title in common.
  const [only, second] = taught
  const isTheirs = titleOwner === 'sis' && only !== undefined && second === undefined
  return {
    title: isTheirs ? only.title : course.title,
    subjects: all('subjects', 50),
    grades: all('grades', 50),
    sisClassSourcedIds: taught.map(({ sourcedId }) => sourcedId),
  }
}
