import type { z } from 'zod'
import type {
  AssessmentPackage,
  AttendanceMark,
  ContentItem,
  GradeResult,
  RosterPage,
  TimetableEntry,
  WebhookNotice,
} from './records.ts'

export type ConnectorKind = 'lms' | 'sis' | 'content' | 'assessment'

export interface ConnectorLog {
  info(data: object, message: string): void
  warn(data: object, message: string): void
}

/** All that a connector's functions get: everything else is the business of the modules. */
export interface ConnectorContext<Config, Credentials> {
  readonly tenantId: string
  readonly connectionId: string
  readonly config: Config
  readonly credentials: Credentials
  readonly http: ConnectorHttp
  /** Aborted when nobody waits for the result any more; `http` follows it by itself. */
  readonly signal: AbortSignal
  readonly log: ConnectorLog
  now(): Date
}

export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>

export interface ConnectorRequest {
  readonly query?: QueryValues
  readonly headers?: Readonly<Record<string, string>>
  /** For the whole call with its retries; default 15 s. */
  readonly timeoutMs?: number
  readonly json?: unknown
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: QueryValues
  readonly body?: string | Uint8Array
  /** The vendor treats a repetition as the same call, so it may be tried again; default: all but POST and PATCH. */
  readonly idempotent?: boolean
  /** Sent without the connection's credentials, for what anybody may read: a vendor's public keys. */
  readonly isPublic?: boolean
}

export interface ConnectorPage<T> {
  readonly data: T
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** RFC 8288 `Link` header, by relation; addresses of the same base host, to be given back as a path. */
  readonly links: Readonly<Record<string, string>>
}

/**
 * HTTP to the connection's base address and nowhere else, with its credentials.
 * A path is relative to the base address; a full address is accepted where it begins with it.
 */
export interface ConnectorHttp {
  get<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<z.output<S>>
  post<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<z.output<S>>
  put<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<z.output<S>>
  patch<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<z.output<S>>
  delete<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<z.output<S>>
  /** `get` for lists that are paged by headers. */
  page<S extends z.ZodType>(
    path: string,
    schema: S,
    options?: ConnectorRequest,
  ): Promise<ConnectorPage<z.output<S>>>
}

/** Where `http` goes and how it signs in. */
export interface ConnectorBase {
  readonly url: string
  /** Further addresses of the vendor, such as a token endpoint on another host: full addresses that begin so are accepted, and get none of `headers` and `query`. */
  readonly alsoAt?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** An answer before its schema, for vendors that say 200 and mean an error. */
export interface VendorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown
}

export interface AccessToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

export interface OAuthTokens {
  readonly accessToken: string
  /** Absent on refresh: the former one stays good. */
  readonly refreshToken?: string | undefined
  /** Absent: taken as an hour. */
  readonly expiresInSeconds?: number | undefined
  /** Who signed in there, for people: `Ada Byron`. */
  readonly account?: string | undefined
}

export interface ConnectorOAuth<Config, Credentials> {
  /** The vendor's page on which a person consents. */
  authorizationUrl(request: {
    readonly config: Config
    readonly credentials: Credentials
    readonly state: string
    readonly redirectUri: string
    /** PKCE, S256. */
    readonly codeChallenge: string
    readonly scopes: readonly string[]
  }): string
  exchange(
    ctx: ConnectorContext<Config, Credentials>,
    grant: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
  ): Promise<OAuthTokens>
  refresh(ctx: ConnectorContext<Config, Credentials>, refreshToken: string): Promise<OAuthTokens>
  readonly scopes: readonly string[]
}

/** A post in a course: a task, an announcement or material. */
export interface ClassworkPost {
  /** As the vendor names it in its addresses: `courseWork`. */
  readonly type: string
  readonly id: string
  /** What we attached to it; null while there is nothing. */
  readonly attachmentId: string | null
  /** What the vendor gave to the frame, where nothing of ours is there yet. */
  readonly token: string | null
}

/** Where in a course somebody is; without a post: in the course itself. */
export interface ClassworkPlace {
  readonly courseId: string
  readonly post: ClassworkPost | null
}

export interface ClassworkPerson {
  readonly userId: string
  readonly tokens: OAuthTokens
}

export interface ClassworkPresence {
  readonly side: 'teacher' | 'student'
  readonly courseTitle: string | null
  /** Where the post takes work and this is a learner. */
  readonly submissionId: string | null
}

/** What is placed in a course. */
export interface PlacedWork {
  readonly title: string
  readonly text?: string
  /** Points for the whole; absent: it has no score. */
  readonly maxPoints?: number
  /** Our pages: for those who teach, for those who learn, and for a learner's work. */
  readonly teacherUrl: string
  readonly learnerUrl: string
  readonly reviewUrl: string
  /** By when it is to be done. */
  readonly dueAt?: Date
}

/** How a task stands in its course. */
export interface TaskPlace {
  readonly courseId: string
  /** The heading that it stands under; null: none. */
  readonly topicId: string | null
}

/** A task of its own, which need not show at once. */
export interface PublishedWork extends PlacedWork {
  /** From when learners see it; absent: at once. */
  readonly opensAt?: Date
}

/** What somebody signs in for: it decides what the vendor is asked to allow. */
export type ClassworkPurpose = 'attach' | 'learn' | 'open' | 'publish'

/** For an LMS that people sign in to themselves, and that takes posts, attachments and points from us. */
export interface ConnectorClasswork<Config, Credentials> {
  /** Origin of the pages in which our frames stand. */
  frameOrigin(config: Config): string
  authorizationUrl(request: {
    readonly config: Config
    readonly credentials: Credentials
    readonly state: string
    readonly nonce: string
    readonly redirectUri: string
    /** PKCE, S256. */
    readonly codeChallenge: string
    readonly purpose: ClassworkPurpose
    /** Whom the vendor says it is, to spare a choice. */
    readonly loginHint: string | null
    /** To get a lasting consent that was lost. */
    readonly asksAgain: boolean
  }): string
  /** Who signed in, by a token that names this nonce; throws `reject` for any other. */
  redeem(
    ctx: ConnectorContext<Config, Credentials>,
    grant: {
      readonly code: string
      readonly redirectUri: string
      readonly codeVerifier: string
      readonly nonce: string
    },
  ): Promise<ClassworkPerson>
  /** These are asked with the token of the person. */
  presence(
    ctx: ConnectorContext<Config, Credentials>,
    place: ClassworkPlace,
  ): Promise<ClassworkPresence>
  /** Those that the person teaches. */
  courses(
    ctx: ConnectorContext<Config, Credentials>,
  ): Promise<readonly { readonly id: string; readonly title: string }[]>
  /** Headings that tasks of the course can stand under. */
  topics(
    ctx: ConnectorContext<Config, Credentials>,
    courseId: string,
  ): Promise<readonly { readonly id: string; readonly title: string }[]>
  /** The address for learners that an attachment bears, as the system itself knows it; null: none. */
  learnerUrl(
    ctx: ConnectorContext<Config, Credentials>,
    place: ClassworkPlace,
  ): Promise<string | null>
  /** Names of those who learn there, by id. */
  learners(
    ctx: ConnectorContext<Config, Credentials>,
    courseId: string,
  ): Promise<ReadonlyMap<string, string>>
  /** Answers the id of the attachment. */
  attach(
    ctx: ConnectorContext<Config, Credentials>,
    place: ClassworkPlace,
    work: PlacedWork,
  ): Promise<string>
  /** Answers the id of the task. */
  publish(
    ctx: ConnectorContext<Config, Credentials>,
    place: TaskPlace,
    work: PublishedWork,
  ): Promise<string>
  /** Points for the attachment of a learner. */
  grade(
    ctx: ConnectorContext<Config, Credentials>,
    place: ClassworkPlace,
    submissionId: string,
    points: number,
  ): Promise<void>
}

export interface Capabilities<Ctx> {
  roster?: {
    /** Resumes at `since`, a cursor of an earlier page; undefined: everything. */
    pull(ctx: Ctx, since: string | undefined): AsyncIterable<RosterPage>
  }
  /** As `roster`; `since` may also ask for some courses alone (`coursesOfCursor`), of which what is not found is refused. */
  courses?: { pull(ctx: Ctx, since: string | undefined): AsyncIterable<RosterPage> }
  grades?: { push(ctx: Ctx, result: GradeResult): Promise<void> }
  content?: {
    search(
      ctx: Ctx,
      query: { readonly text: string; readonly limit: number; readonly cursor?: string },
    ): Promise<{ readonly items: readonly ContentItem[]; readonly cursor?: string }>
    get(ctx: Ctx, id: string): Promise<ContentItem>
  }
  assessment?: {
    import?(ctx: Ctx, since: string | undefined): AsyncIterable<AssessmentPackage>
    export?(ctx: Ctx, itemPackage: AssessmentPackage): Promise<void>
  }
  webhook?: {
    /**
     * Checks the signature and says what happened, nothing where it is of no interest here. Throws `reject` for what
     * is not genuine, with the code `clock_skew` where it is but its time cannot be right, and `unsupported` where
     * the settings do not provide for webhooks.
     */
    receive(
      ctx: Ctx,
      request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
    ): Promise<readonly WebhookNotice[]>
    /** Asks the vendor anew to tell us at `url`; absent where only a person can switch that on. */
    subscribe?(ctx: Ctx, url: string): Promise<void>
  }
  timetable?: { pull(ctx: Ctx, since: string | undefined): AsyncIterable<TimetableEntry[]> }
  attendance?: { pull(ctx: Ctx, since: string | undefined): AsyncIterable<AttendanceMark[]> }
}

export interface HealthDetail {
  readonly detail?: string
  /** The vendor's version, where it says. */
  readonly version?: string
}

export interface Connector<
  C extends z.ZodObject = z.ZodObject,
  S extends z.ZodObject = z.ZodObject,
  Ctx = ConnectorContext<z.output<C>, z.output<S>>,
> {
  /** Equals the folder's name. */
  readonly id: string
  readonly name: string
  readonly kind: ConnectorKind
  /** One sentence for whoever chooses among connectors. */
  readonly summary: string
  readonly config: C
  readonly credentials: S
  base(settings: {
    readonly config: z.output<C>
    readonly credentials: z.output<S>
    /** Of `token` or `oauth`; undefined while there is none yet. */
    readonly accessToken: string | undefined
  }): ConnectorBase
  /** The error inside an answer that calls itself good; undefined where there is none. */
  looksWrong?(answer: VendorAnswer): Error | undefined
  /** Client credentials: the kit keeps the token and fetches a new one at 80 % of its life. */
  readonly token?: { fetch(ctx: Ctx): Promise<AccessToken> }
  readonly oauth?: ConnectorOAuth<z.output<C>, z.output<S>>
  readonly classwork?: ConnectorClasswork<z.output<C>, z.output<S>>
  /** Pages of ours that the vendor or its people are told of; `:id` stands for the connection. */
  readonly addresses?: readonly { readonly title: string; readonly path: string }[]
  readonly capabilities: Capabilities<Ctx>
  /** One cheap real call that needs the credentials. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a health check may answer nothing at all
  health(ctx: Ctx): Promise<HealthDetail | void>
  /** Further real checks, by name. */
  readonly synthetic?: Readonly<
    Record<string, { readonly title: string; run(ctx: Ctx): Promise<string | undefined> }>
  >
  /** Path of the guide: `docs/connectors/<id>.md`. */
  readonly setup?: string
}

/** Declares a connector; its folder's `index.ts` exports the result as `connector`. */
export function defineConnector<C extends z.ZodObject, S extends z.ZodObject>(
  connector: Connector<C, S>,
): Connector<C, S> {
  return connector
}
