import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { TargetCatalogue } from './deep-linking/answer-deep-link.ts'
import { type Choice, saveChoice } from './resource-link-store.ts'
import { currentLaunch } from './session.ts'

/** Makes the link of a launch at the front door open what was chosen, from its next launch on. */
export async function chooseResourceLink(
  { targets }: { readonly targets: TargetCatalogue },
  ctx: TenantContext,
  choice: Choice,
): Promise<Choice> {
  const { tenantId, platformId, deploymentId, launch } = await currentLaunch(ctx)
  if (launch.target.kind !== 'chooser' || launch.resourceLink === null) {
    throw new AppError(
      'lti_not_at_front_door',
      'What this link opens was chosen already; add the tool to the course once more to choose something else',
    )
  }
  if (!(await targets.describe(ctx, choice.kind, choice.id))) {
    throw new AppError('not_found', `${choice.id} does not exist`)
  }
  const place = {
    tenantId,
    platformId,
    deploymentId,
    contextId: launch.context?.id ?? null,
    resourceLinkId: launch.resourceLink.id,
  }
  const title = launch.resourceLink.title ?? null
  await saveChoice(place, { kind: choice.kind, id: choice.id }, title)
  await recordAudit(ctx, {
    action: 'lti.resource_link.choose',
    target: { type: choice.kind, id: choice.id },
    fields: ['choice'],
    result: 'success',
  })
  return choice
}
