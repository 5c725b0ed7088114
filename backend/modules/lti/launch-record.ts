import type { Launch } from '../../../shared/lti.ts'
import type { DeepLinkingSettings } from './checks/deep-linking-settings.ts'
import type { CopyHistory } from './copies/copy-history.ts'
import type { CourseServices, ScoreService } from './optional-claims.ts'

/** How a system takes grades: by LTI, or as points of what we placed in its courses. */
export type Gradebook = 'lti' | 'classwork'

/** What an accepted launch is worth keeping: enough to open the frame, answer a choice and send a score. */
export interface LaunchRecord {
  readonly tenantId: string
  readonly platformId: string
  readonly deploymentId: string
  /** The platform's id of the person; null when the launch is anonymous. */
  readonly subject: string | null
  readonly launch: Launch
  readonly scopes: readonly string[]
  readonly limitedTo: readonly string[] | null
  readonly scoreService: ScoreService | null
  /** Absent in launches of before. */
  readonly services?: CourseServices
  /** Whose work a submission review is about. */
  readonly forUser?: string | null
  readonly deepLinking: DeepLinkingSettings | null
  /** Where its grades and choices go; absent: by LTI. */
  readonly gradebook?: Gradebook
  /** What the link and its course were copied from, where the LMS says so. */
  readonly history?: CopyHistory
}
