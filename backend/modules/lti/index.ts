import { gradesApi } from '../../../shared/api/grades.ts'
import { ltiApi, type PlatformBody } from '../../../shared/api/lti.ts'
import { ltiCoursesApi } from '../../../shared/api/lti-courses.ts'
import { ltiLineItemsApi } from '../../../shared/api/lti-line-items.ts'
import { ltiResultsApi } from '../../../shared/api/lti-results.ts'
import { ltiReviewApi } from '../../../shared/api/lti-review.ts'
import { ltiSetupApi } from '../../../shared/api/lti-setup.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { type EventConsumer, type Events, onEvent } from '../../core/events/definition.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import type { AnyJob, Queue } from '../../core/jobs/index.ts'
import type { Logger } from '../../core/logging.ts'
import { defineModule, type Module, type StoredModel } from '../../core/module.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { createAccessTokens } from './access-tokens.ts'
import { chooseResourceLink } from './choose-resource-link.ts'
import { CopyModel } from './copies/copy-store.ts'
import { resultsOfCourse, resultsOfLaunch } from './course-results/course-results.ts'
import { type CourseSource, createCourseSource } from './courses/course-source.ts'
import { CourseModel } from './courses/course-store.ts'
import { getCourse, listCourses, listGroups, listMembers } from './courses/courses.ts'
import { createRememberCourse } from './courses/remember-course.ts'
import { answerDeepLink, type TargetCatalogue } from './deep-linking/answer-deep-link.ts'
import { RequestModel } from './deployment-requests/request-store.ts'
import {
  approveRequest,
  getRequest,
  listRequests,
  rejectRequest,
} from './deployment-requests/requests.ts'
import type { Elsewhere, ProvenVisit } from './elsewhere.ts'
import { frameAncestorsFor } from './frame-ancestors.ts'
import { ComparisonModel } from './grades/comparison-store.ts'
import { defineCompareJob } from './grades/comparisons.ts'
import { defineResendJob } from './grades/grades.ts'
import { gradeHandlers } from './grades/handlers.ts'
import { KeyModel, PointerModel } from './keys/key-store.ts'
import { defineRotationJob } from './keys/rotation.ts'
import { createSigningKeys } from './keys/signing-keys.ts'
import { createKeysets } from './keysets.ts'
import { lineItemHandlers } from './line-items/handlers.ts'
import { LineItemModel } from './line-items/line-item-store.ts'
import { openVisit } from './open-visit.ts'
import { addDeployment, listDeployments, removeDeployment } from './platforms/deployments.ts'
import { DirectoryModel } from './platforms/directory-store.ts'
import { ensurePlatform } from './platforms/ensure-platform.ts'
import { countPlatforms, PlatformModel } from './platforms/platform-store.ts'
import {
  createPlatform,
  getPlatform,
  listPlatforms,
  type PlatformDeps,
  removePlatform,
  updatePlatform,
} from './platforms/platforms.ts'
import { createRegistrations, type Registrations } from './platforms/registrations.ts'
import { LinkModel } from './registration/link-store.ts'
import { makeLink } from './registration/links.ts'
import { countResourceLinks, ResourceLinkModel } from './resource-link-store.ts'
import { createClassNames } from './review/class-names.ts'
import {
  correctReviewed,
  type ReviewDeps,
  readClassResults,
  readReview,
  resendRefused,
} from './review/review.ts'
import { createLtiRouter } from './router.ts'
import { DeliveryModel } from './scores/delivery-store.ts'
import { createPace } from './scores/pace.ts'
import {
  defineDeliverJob,
  listDeliveries,
  readDelivery,
  recordCorrection,
  recordScore,
  retryDelivery,
  type ScoreDeps,
} from './scores/scores.ts'
import { createLaunchAuthenticator } from './session.ts'
import { SessionModel } from './session-store.ts'
import { setUpOf } from './setup/set-up-values.ts'
import { testPlatform } from './setup/test-platform.ts'

export type { TargetCatalogue } from './deep-linking/answer-deep-link.ts'
export type { ChosenContent } from './deep-linking/content-items.ts'
export type { Elsewhere, ProvenVisit } from './elsewhere.ts'
export { launchFacts } from './launch-facts.ts'
export { sendPage as sendFramePage } from './pages.ts'
export type { Verdict } from './scores/score-answer.ts'
export { gradePassbackOf } from './scores/scores.ts'

/** LMSs of an organisation, and links in their courses that open something. */
export async function countPlacements(
  tenantId: string,
): Promise<{ platforms: number; placements: number }> {
  const [platforms, placements] = await Promise.all([
    countPlatforms(tenantId),
    countResourceLinks(tenantId),
  ])
  return { platforms, placements }
}

/** The models whose documents carry events to be relayed. */
export const outboxModels = [PlatformModel, DeliveryModel]

export interface LtiDeps {
  readonly settings: Settings
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt' | 'tokenSealer'>
  readonly outgoing: Pick<Outgoing, 'request' | 'checkUrl'>
  readonly queue: Pick<Queue, 'enqueue'>
  /** Asked only when something happens, so it may be made after this module. */
  readonly events: () => Pick<Events, 'emit'>
  readonly log: Logger
  readonly targets: TargetCatalogue
  readonly resultOf: ScoreDeps['resultOf']
  readonly correct: ReviewDeps['correct']
  /** Systems without LTI whose launches, choices and grades go the same way; asked when one comes. */
  readonly elsewhere: () => Elsewhere
  /** Address of the stylesheet with an organisation's colours; null: it has none of its own. */
  stylesheetOf(tenantId: string): Promise<string | null>
  /** How an organisation is called, for the page that says where an LMS will belong. */
  organisationName?(tenantId: string): Promise<string | null>
  readonly clock?: () => Date
}

const contract = {
  ...ltiApi,
  ...ltiCoursesApi,
  ...ltiLineItemsApi,
  ...ltiResultsApi,
  ...ltiReviewApi,
  ...ltiSetupApi,
  ...gradesApi,
}

export interface LtiModule extends Module<typeof contract> {
  readonly jobs: readonly AnyJob[]
  readonly consumers: readonly EventConsumer[]
  /** The models of what launches leave behind: never registrations and keys. */
  readonly workModels: readonly StoredModel[]
  /** For `HttpOptions.bearer`: the tokens of launches. */
  readonly bearerAuthenticators: readonly BearerAuthenticator[]
  /** Sources for the `frame-ancestors` directive of `GET /lti/app`. */
  frameAncestorsFor(request: { readonly headers: { readonly cookie?: string | undefined } }): string
  /** Makes the signing keys where they are missing; to be awaited before serving. */
  ensureKeys(): Promise<void>
  rotateKeys(): Promise<void>
  /** Courses and members of LMSs, for the synchronisation of the roster. */
  readonly courseSource: CourseSource
  /** A session for somebody whom a system without LTI has named; answers the address that opens it once. */
  openVisit(ctx: TenantContext, visit: ProvenVisit): Promise<string>
  /** Registers an LMS unless its deployments are registered already. */
  ensurePlatform(ctx: TenantContext, body: PlatformBody): Promise<void>
}

/** The LTI 1.3 tool: logins, launches, deep linking, scores and the registrations of LMSs. */
export function createLtiModule(deps: LtiDeps): LtiModule {
  const { settings, outgoing, log, targets, queue } = deps
  const { publicUrl } = settings
  const clock = deps.clock ?? (() => new Date())
  const keys = createSigningKeys({ secrets: deps.secrets, clock })
  const tokens = createAccessTokens({ outgoing, keys, clock })
  const services = { outgoing, tokens }
  const pace = createPace(() => clock().getTime())
  const elsewhere: Elsewhere = {
    place: (...asked) => deps.elsewhere().place(...asked),
    deliver: (...asked) => deps.elsewhere().deliver(...asked),
    learnersOf: (...asked) => deps.elsewhere().learnersOf(...asked),
  }
  const deliverJob = defineDeliverJob({
    ...services,
    publicUrl,
    clock,
    pace,
    targets,
    elsewhere,
  })
  const scores = { queue, job: deliverJob, clock, resultOf: deps.resultOf }
  const resendJob = defineResendJob(scores, clock)
  const grades = { scores, queue, resendJob, clock }
  const compareJob = defineCompareJob({ ...services, scores, clock })
  const comparisons = { queue, job: compareJob, clock }
  const lineItems = { ...services, clock }
  const names = createClassNames({ ...services, clock, elsewhere })
  const reviews = { targets, names, grades, correct: deps.correct }
  const registrations = createRegistrations()
  const platforms = platformDeps(deps, clock, registrations)
  const launches = {
    publicUrl,
    clock,
    keysets: createKeysets(outgoing, clock),
    registrations,
    states: deps.secrets.tokenSealer('lti.state'),
    targets,
    checkUrl: (url: string) => outgoing.checkUrl(url, 'return address'),
  }
  const deepLinks = {
    publicUrl,
    clock,
    keys,
    targets,
    elsewhere,
    onAnswered: (ctx, data) => deps.events().emit(ctx, 'lti.deep_link.created', data),
  } satisfies Parameters<typeof answerDeepLink>[0]

  const module = defineModule({
    name: 'lti',
    contract,
    models: [
      PlatformModel,
      DirectoryModel,
      SessionModel,
      ResourceLinkModel,
      CourseModel,
      CopyModel,
      LineItemModel,
      DeliveryModel,
      ComparisonModel,
      KeyModel,
      PointerModel,
      LinkModel,
      RequestModel,
    ],
    router: createLtiRouter({
      ...launches,
      log,
      stylesheetOf: deps.stylesheetOf,
      rememberCourse: createRememberCourse(clock),
      keys,
      registration: {
        publicUrl,
        clock,
        outgoing,
        platforms,
        organisationName: deps.organisationName ?? (async () => null),
      },
    }),
    handlers: {
      'GET /api/v1/lti/platforms': (ctx, { query }) => listPlatforms(ctx, query),
      'POST /api/v1/lti/platforms': (ctx, { body }) => createPlatform(platforms, ctx, body),
      'GET /api/v1/lti/platforms/:id': (ctx, { params }) => getPlatform(ctx, params.id),
      'PATCH /api/v1/lti/platforms/:id': (ctx, { params, body }, { ifMatch }) =>
        updatePlatform(platforms, ctx, params.id, body, ifMatch),
      'DELETE /api/v1/lti/platforms/:id': (ctx, { params }, { ifMatch }) =>
        removePlatform(platforms, ctx, params.id, ifMatch),
      'GET /api/v1/lti/platforms/:id/deployments': (ctx, { params, query }) =>
        listDeployments(ctx, params.id, query),
      'POST /api/v1/lti/platforms/:id/deployments': (ctx, { params, body }) =>
        addDeployment(platforms, ctx, params.id, body.deploymentId),
      'DELETE /api/v1/lti/platforms/:id/deployments/:deploymentId': (ctx, { params }) =>
        removeDeployment(platforms, ctx, params.id, params.deploymentId),
      'GET /api/v1/lti/configuration': async (_ctx, { query }) =>
        setUpOf(publicUrl, query.product ?? 'other'),
      'POST /api/v1/lti/registration-links': (ctx, { body }) =>
        makeLink({ publicUrl, clock }, ctx, body),
      'GET /api/v1/lti/deployment-requests': (ctx, { query }) => listRequests(ctx, query),
      'GET /api/v1/lti/deployment-requests/:id': (ctx, { params }) => getRequest(ctx, params.id),
      'POST /api/v1/lti/deployment-requests/:id/approve': (ctx, { params, body }) =>
        approveRequest(platforms, ctx, params.id, body.platformId),
      'POST /api/v1/lti/deployment-requests/:id/reject': (ctx, { params }) =>
        rejectRequest(ctx, params.id),
      'POST /api/v1/lti/platforms/:id/test': (ctx, { params, body }) =>
        testPlatform({ ...launches, outgoing, keys }, ctx, params.id, body),
      'GET /api/v1/lti/courses': (ctx, { query }) => listCourses(ctx, query),
      'GET /api/v1/lti/courses/:id': (ctx, { params }) => getCourse(ctx, params.id),
      'GET /api/v1/lti/courses/:id/members': (ctx, { params, query }) =>
        listMembers(services, ctx, params.id, query),
      'GET /api/v1/lti/courses/:id/groups': (ctx, { params }) =>
        listGroups(services, ctx, params.id),
      ...lineItemHandlers(lineItems),
      'GET /api/v1/lti/class-results': (ctx) => readClassResults(reviews, ctx),
      'POST /api/v1/lti/class-results/resend': (ctx) => resendRefused(reviews, ctx),
      'GET /api/v1/lti/dashboards/course-results': (ctx) => resultsOfLaunch(reviews, ctx),
      'GET /api/v1/lti/courses/:id/results': (ctx, { params }) =>
        resultsOfCourse(reviews, ctx, params.id),
      'GET /api/v1/lti/review': (ctx) => readReview(reviews, ctx),
      'PATCH /api/v1/lti/review/attempts/:id': (ctx, { params, body }) =>
        correctReviewed(reviews, ctx, params.id, body),
      ...gradeHandlers(grades, comparisons),
      'GET /api/v1/lti/score-deliveries': (ctx, { query }) => listDeliveries(ctx, query),
      'GET /api/v1/lti/score-deliveries/:id': (ctx, { params }) => readDelivery(ctx, params.id),
      'POST /api/v1/lti/score-deliveries/:id/retry': (ctx, { params }) =>
        retryDelivery(scores, ctx, params.id),
      'POST /api/v1/lti/deep-linking': (ctx, { body }) =>
        answerDeepLink(deepLinks, ctx, body.choices),
      'POST /api/v1/lti/resource-link': (ctx, { body }) =>
        chooseResourceLink({ targets }, ctx, body),
    },
  })
  return {
    ...module,
    workModels: [
      SessionModel,
      ResourceLinkModel,
      CourseModel,
      CopyModel,
      LineItemModel,
      DeliveryModel,
      ComparisonModel,
    ],
    jobs: [deliverJob, resendJob, compareJob, defineRotationJob(keys, clock)],
    consumers: [
      onEvent('attempt.submitted', {
        consumer: 'lti-scores',
        handle: (ctx, event) => recordScore(scores, ctx, event),
      }),
      onEvent('attempt.corrected', {
        consumer: 'lti-corrections',
        handle: (ctx, event) => recordCorrection(scores, ctx, event),
      }),
    ],
    bearerAuthenticators: [createLaunchAuthenticator({ clock })],
    frameAncestorsFor: (request) => frameAncestorsFor(request, publicUrl),
    ensureKeys: () => keys.ensure(),
    rotateKeys: () => keys.rotate(),
    courseSource: createCourseSource(services),
    openVisit: (ctx, visit) => openVisit({ clock, targets }, ctx, visit),
    ensurePlatform: (ctx, body) => ensurePlatform(platforms, ctx, body),
  }
}

function platformDeps(
  deps: LtiDeps,
  clock: () => Date,
  registrations: Registrations,
): PlatformDeps {
  return {
    outgoing: deps.outgoing,
    clock,
    registrations,
    async onChange(ctx, change, platformId, fields) {
      await recordAudit(ctx, {
        action: `lti.platform.${verbs[change]}`,
        target: { type: 'lti.platform', id: platformId },
        fields,
        result: 'success',
      })
    },
  }
}

const verbs = { created: 'create', updated: 'update', deleted: 'delete' } as const
