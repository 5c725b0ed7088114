import { AppError } from '../../../../shared/errors.ts'
import { launchUrl, type TargetKind } from '../../../../shared/lti.ts'
import type { DeepLinkingSettings } from '../checks/deep-linking-settings.ts'

/** What was chosen, with what a course page shows of it. */
export interface ChosenContent {
  readonly kind: TargetKind
  readonly id: string
  readonly title: string
  readonly text?: string
  readonly maxScore?: number
}

type Accepted = Pick<
  DeepLinkingSettings,
  'acceptTypes' | 'acceptTargets' | 'acceptMultiple' | 'acceptLineItem'
>

const type = 'ltiResourceLink'

/** LTI-DL 2.0 §4.4.1: the answer keeps to what the request accepts; nothing chosen is a cancellation. */
export function checkChoices(count: number, accepted: Accepted): void {
  if (count === 0) return
  if (!accepted.acceptTypes.includes(type)) {
    throw new AppError(
      'lti_choice_not_accepted',
      'The LMS accepts no LTI links here, and this tool offers nothing else; open "add content" elsewhere in the course',
    )
  }
  if (count > 1 && !accepted.acceptMultiple) {
    throw new AppError('lti_choice_not_accepted', 'The LMS accepts one choice here; choose one')
  }
}

/** LTI-DL 2.0 §3.2: one LTI link, with a gradebook column for what has a score. */
export function contentItem(publicUrl: string, content: ChosenContent, accepted: Accepted) {
  const { kind, id, title, text, maxScore } = content
  const wantsLineItem = accepted.acceptLineItem !== false
  return {
    type,
    url: launchUrl(publicUrl, kind, id),
    title,
    ...(text && { text }),
    custom: { edpsych_kind: kind, edpsych_id: id },
    ...(wantsLineItem &&
      maxScore !== undefined &&
      maxScore > 0 && {
        lineItem: { label: title, scoreMaximum: maxScore, resourceId: id, tag: 'edpsych-score' },
      }),
    ...presentation(accepted.acceptTargets),
  }
}

/** In a frame every width will do, so the LMS keeps the size it likes best. */
function presentation(targets: readonly string[]) {
  if (targets.length === 0 || targets.includes('iframe')) return {}
  return targets.includes('window') ? { window: { targetName: '_blank' } } : {}
}
