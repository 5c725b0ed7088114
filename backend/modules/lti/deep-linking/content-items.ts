import type { PlacedChoice } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import { launchUrl } from '../../../../shared/lti.ts'
import type { DeepLinkingSettings } from '../checks/deep-linking-settings.ts'
import { customParameters } from '../setup/canvas-configuration.ts'

/** What was chosen, with what a course page shows of it. */
export interface ChosenContent {
  readonly choice: PlacedChoice
  readonly title: string
  readonly text?: string
  readonly maxScore?: number
}

type Accepted = Pick<
  DeepLinkingSettings,
  'acceptTypes' | 'acceptTargets' | 'acceptMultiple' | 'acceptLineItem'
>

const type = 'ltiResourceLink'
const frameSize = { width: 900, height: 700 }

/** LTI-DL 2.0 §4.4.1: the answer keeps to what the request accepts; nothing chosen is a cancellation. */
export function checkChoices(choices: readonly PlacedChoice[], accepted: Accepted): void {
  if (choices.length === 0) return
  if (!accepted.acceptTypes.includes(type)) {
    throw new AppError(
      'lti_choice_not_accepted',
      'The LMS accepts no LTI links here, and this tool offers nothing else; open "add content" elsewhere in the course',
    )
  }
  if (choices.length > 1 && !accepted.acceptMultiple) {
    throw new AppError('lti_choice_not_accepted', 'The LMS accepts one choice here; choose one')
  }
  for (const { presentation } of choices) {
    if (presentation !== undefined && !accepts(accepted.acceptTargets, presentation)) {
      throw new AppError(
        'lti_choice_not_accepted',
        `The LMS does not open content in ${presentation === 'window' ? 'a new window' : 'a frame'} here`,
      )
    }
  }
}

/** LTI-DL 2.0 §3.2: one LTI link, with a gradebook column for what has a score. */
export function contentItem(publicUrl: string, content: ChosenContent, accepted: Accepted) {
  const { kind, id, available, submission, custom, presentation } = content.choice
  const title = content.choice.title ?? content.title
  const text = content.choice.text ?? content.text
  const column = accepted.acceptLineItem === false ? undefined : lineItem(title, content)
  return {
    type,
    url: launchUrl(publicUrl, kind, id),
    title,
    ...(text && { text }),
    icon: { url: `${publicUrl}/assets/placed/${kind}-icon.png`, width: 64, height: 64 },
    thumbnail: { url: `${publicUrl}/assets/placed/${kind}-thumbnail.png`, width: 320, height: 180 },
    // The history tells a copied course from a new one where the LMS fills it in.
    custom: { ...custom, ...customParameters, edpsych_kind: kind, edpsych_id: id },
    ...(column && { lineItem: column }),
    ...(available && window('available', available)),
    ...(submission && window('submission', submission)),
    ...presentationOf(presentation, accepted.acceptTargets),
  }
}

function lineItem(title: string, { choice, maxScore }: ChosenContent) {
  if (choice.lineItem === null || maxScore === undefined || maxScore <= 0) return undefined
  const { label = title, scoreMaximum = maxScore, tag = 'edpsych-score' } = choice.lineItem ?? {}
  return { label, scoreMaximum, resourceId: choice.id, tag }
}

/** LTI-DL 2.0 §3.2: an open end is left out. */
function window(name: 'available' | 'submission', times: NonNullable<PlacedChoice['available']>) {
  const { startDateTime, endDateTime } = times
  if (startDateTime === null && endDateTime === null) return {}
  return {
    [name]: { ...(startDateTime && { startDateTime }), ...(endDateTime && { endDateTime }) },
  }
}

/** An LMS that names no target at all does not care. */
function accepts(targets: readonly string[], target: string): boolean {
  return targets.length === 0 || targets.includes(target)
}

/** In a frame every width will do, so the LMS keeps the size it likes best unless a frame was asked for. */
function presentationOf(wanted: PlacedChoice['presentation'], targets: readonly string[]) {
  const inWindow = { window: { targetName: '_blank' } }
  if (wanted === 'window') return inWindow
  if (wanted === 'iframe') return { iframe: frameSize }
  if (accepts(targets, 'iframe')) return {}
  return targets.includes('window') ? inWindow : {}
}
