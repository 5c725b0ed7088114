import type { PlacedChoice } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { EventData } from '../../../../shared/events.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { claim } from '../claim-names.ts'
import { randomToken } from '../digest.ts'
import type { Elsewhere } from '../elsewhere.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import { findPlatform } from '../platforms/platform-store.ts'
import type { Choice } from '../resource-link-store.ts'
import { currentLaunch } from '../session.ts'
import { type ChosenContent, checkChoices, contentItem } from './content-items.ts'

const lifeSeconds = 300

export interface TargetCatalogue {
  /** What a course page shows of an object; undefined where it does not exist. */
  describe(
    ctx: TenantContext,
    kind: Choice['kind'],
    id: string,
  ): Promise<
    { readonly title: string; readonly text?: string; readonly maxScore?: number } | undefined
  >
  /** Ids of the items and resources that a path leads on to; empty where there is no such path. */
  stepsOf(ctx: TenantContext, pathId: string): Promise<readonly string[]>
  /** Titles of items that exist, by id. */
  titlesOf(ctx: TenantContext, itemIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}

export interface DeepLinkDeps {
  readonly publicUrl: string
  readonly clock: () => Date
  readonly keys: Pick<SigningKeys, 'sign'>
  readonly targets: TargetCatalogue
  readonly elsewhere: Pick<Elsewhere, 'place'>
  onAnswered(ctx: TenantContext, data: EventData<'lti.deep_link.created'>): Promise<void>
}

/** LTI-DL 2.0 §4.5: the signed answer that the page posts to the platform. */
export async function answerDeepLink(
  deps: DeepLinkDeps,
  ctx: TenantContext,
  choices: readonly PlacedChoice[],
): Promise<{ returnUrl: string; jwt: string }> {
  const session = await currentLaunch(ctx)
  const { deepLinking } = session
  if (deepLinking === null) {
    throw new AppError(
      'lti_not_deep_linking',
      'This launch did not ask for content; open "add content" in the LMS again',
    )
  }
  checkChoices(choices, deepLinking)
  const contents = await describeAll(deps, ctx, choices)
  if (session.gradebook === 'classwork') {
    const asked = { connectionId: session.platformId, dataJson: deepLinking.dataJson ?? 'null' }
    return { returnUrl: await deps.elsewhere.place(ctx, asked, contents), jwt: '' }
  }
  const platform = await findPlatform(ctx, session.platformId)
  if (platform === null) throw new AppError('not_found', 'The registration of the LMS was removed')
  const issuedAt = Math.floor(deps.clock().getTime() / 1000)
  const jwt = await deps.keys.sign({
    iss: platform.clientId,
    aud: platform.issuer,
    iat: issuedAt,
    exp: issuedAt + lifeSeconds,
    nonce: randomToken(),
    [claim.messageType]: 'LtiDeepLinkingResponse',
    [claim.version]: '1.3.0',
    [claim.deploymentId]: session.deploymentId,
    [claim.contentItems]: contents.map((content) =>
      contentItem(deps.publicUrl, content, deepLinking),
    ),
    ...(deepLinking.dataJson !== null && { [claim.data]: JSON.parse(deepLinking.dataJson) }),
  })
  const itemIds = choices.map(({ id }) => id)
  await deps.onAnswered(ctx, { platformId: platform._id, itemIds })
  return { returnUrl: deepLinking.returnUrl, jwt }
}

async function describeAll(
  { targets }: Pick<DeepLinkDeps, 'targets'>,
  ctx: TenantContext,
  choices: readonly PlacedChoice[],
): Promise<ChosenContent[]> {
  const contents: ChosenContent[] = []
  for (const choice of choices) {
    const { kind, id } = choice
    const description = await targets.describe(ctx, kind, id)
    if (!description) throw new AppError('not_found', `${id} does not exist any more`)
    contents.push({ choice, ...description })
  }
  return contents
}
