import { z } from 'zod'
import { RosterClassFields } from '../../../shared/api/roster-bulk.ts'
import type { ClassRecord } from '../../connector-kit/index.ts'
import { readAll } from './read-all.ts'
import { Id, SisId } from './schema.ts'
import type { CanvasContext } from './settings.ts'

const SectionRow = z.object({
  id: Id,
  name: RosterClassFields.shape.title,
  sis_section_id: SisId,
})

/** Sections are classes beside their course; a course with a single one is the class itself. */
export interface CourseSections {
  readonly course: ClassRecord
  readonly classes: readonly ClassRecord[]
  /** Identifier of the class that a section is. */
  classOf(sectionId: string): string
}

export function oneSection(course: ClassRecord): CourseSections {
  return { course, classes: [], classOf: () => course.sourcedId }
}

export async function readSections(
  ctx: CanvasContext,
  course: ClassRecord,
): Promise<CourseSections> {
  const rows = await readAll(ctx, `api/v1/courses/${course.sourcedId}/sections`, SectionRow)
  const sisIdentifiers = [
    ...(course.sisIdentifiers ?? []),
    ...rows.flatMap(({ sis_section_id: sisId }) => sisId ?? []),
  ]
  const whole = sisIdentifiers.length === 0 ? course : { ...course, sisIdentifiers }
  if (rows.length < 2) return oneSection(whole)
  return {
    course: whole,
    classes: rows.map(({ id, name, sis_section_id: sisId }) => ({
      sourcedId: sectionClassId(id),
      title: `${course.title.slice(0, 99)} – ${name.slice(0, 98)}`,
      ...(sisId && { sisIdentifiers: [sisId] }),
    })),
    classOf: sectionClassId,
  }
}

const sectionClassId = (id: string): string => `section:${id}`
