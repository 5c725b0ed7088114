import type { RouteKey } from './contract.ts'
import type { ApiVersion } from './versions.ts'

type Data = Readonly<Record<string, unknown>>

/** One difference between a dated version and the one before it. */
export interface ApiChange {
  /** The version that brought it. */
  readonly version: ApiVersion
  readonly operations: readonly RouteKey[]
  /** For the changelog, in one sentence. */
  readonly summary: string
  /** What the comparison with the released document reports because of it. */
  readonly breaks: readonly string[]
  /** Makes a body as sent before the change into one of the version that brought it. */
  readonly upgradeBody?: (body: Data) => Data
  /** Makes an answer of the version that brought it into one from before. */
  readonly downgradeAnswer?: (answer: Data) => Data
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function progressInPercent(job: Data): Data {
  const { progress } = job
  return typeof progress === 'number' ? { ...job, progress: Math.round(progress * 100) } : job
}

/** One object, or every object of a page. */
function each(change: (object: Data) => Data): (answer: Data) => Data {
  return (answer) =>
    Array.isArray(answer['data'])
      ? { ...answer, data: answer['data'].map((one) => (isData(one) ? change(one) : one)) }
      : change(answer)
}

function overlapInSeconds({ overlapHours, ...body }: Data): Data {
  return typeof overlapHours === 'number' && !('overlapSeconds' in body)
    ? { ...body, overlapSeconds: overlapHours * 3600 }
    : { ...body, ...(overlapHours === undefined ? {} : { overlapHours }) }
}

/** What callers of an earlier version are spared, newest first. */
export const apiChanges: readonly ApiChange[] = [
  {
    version: '2026-11-23',
    operations: [
      'GET /api/v1/jobs',
      'GET /api/v1/jobs/:id',
      'POST /api/v1/jobs/:id/cancel',
      'POST /api/v1/jobs/:id/retry',
    ],
    summary: '`progress` of a job is a share from 0 to 1; before, it was a percentage.',
    breaks: [],
    downgradeAnswer: each(progressInPercent),
  },
  {
    version: '2026-11-23',
    operations: ['POST /api/v1/keys/:id/rotate'],
    summary: 'The overlap of a rotation is sent in `overlapSeconds`; before, in `overlapHours`.',
    breaks: [],
    upgradeBody: overlapInSeconds,
  },
]
