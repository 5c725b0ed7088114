import type { LtiRole } from '../../../shared/lti.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { CourseRow } from './courses/course-store.ts'
import type { ChosenContent } from './deep-linking/content-items.ts'
import type { Choice } from './resource-link-store.ts'
import type { DeliveryRow } from './scores/delivery-store.ts'
import type { Verdict } from './scores/score-answer.ts'

/** A system in whose courses we place things without LTI: where choices and grades of its launches go. */
export interface Elsewhere {
  /** Places what was chosen; answers where the browser goes then. */
  place(
    ctx: TenantContext,
    asked: { readonly connectionId: string; readonly dataJson: string },
    contents: readonly ChosenContent[],
  ): Promise<string>
  deliver(ctx: TenantContext, row: DeliveryRow, signal: AbortSignal): Promise<Verdict>
  /** Names of those who learn in the course; null where they cannot be read now. */
  learnersOf(ctx: TenantContext, course: CourseRow): Promise<ReadonlyMap<string, string> | null>
}

/** Somebody in a course of such a system, as that system itself has said. */
export interface ProvenVisit {
  readonly connectionId: string
  readonly personId: string
  readonly roles: readonly LtiRole[]
  readonly course: { readonly id: string; readonly title: string | null }
  /** What is opened, by our id of the place; null: something is to be chosen. */
  readonly opens: {
    readonly placeId: string
    readonly title: string
    readonly choice: Choice
    readonly hasColumn: boolean
  } | null
  /** Whose work is looked at. */
  readonly forUser: string | null
  /** Comes back with the choice. */
  readonly dataJson: string | null
  /** Where the page stands in a frame; null: in a window of its own. */
  readonly frameOrigin: string | null
}
