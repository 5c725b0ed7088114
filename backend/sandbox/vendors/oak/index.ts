import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { someMissing } from '../school-data.ts'
import { frontPage, secretOf, type Vendor, type VendorDefinition } from '../vendor.ts'
import { type Lesson, lessons, unitOf } from './lessons.ts'

const key = 'oak-test-api-key'
const hourlyLimit = 1000
const root = '/api/v0'

/** The Oak Open API with lessons of our own. */
export const oak: VendorDefinition = {
  id: 'oak',
  name: 'Oak National Academy',
  summary: 'The Oak Open API with a key and a few invented lessons.',
  dials: [
    'down',
    'dropped',
    'lying',
    'rateLimited',
    'slowMs',
    'requestsPerMinute',
    'retryAfterSeconds',
    'expiredCredentials',
    'changedSchema',
    'missingRowsPercent',
    'clockSkewSeconds',
  ],
  paste: (vendor) => [
    { label: 'API address', value: `${vendor.baseUrl}${root}` },
    { label: 'API key', value: secretOf(vendor, key) },
  ],
  routes,
  down: frontPage(503, '503: This page could not be loaded', 'Service unavailable'),
  lying: frontPage(200, 'Application error', 'A client-side exception has occurred.'),
  rateLimited: () => ({
    status: 429,
    type: 'application/json',
    body: JSON.stringify({ message: 'Rate limit exceeded', code: 'TOO_MANY_REQUESTS' }),
    headers: { 'X-RateLimit-Limit': String(hourlyLimit), 'X-RateLimit-Remaining': '0' },
  }),
  quotaHeaders: ({ limit, remaining, resetAt }) => ({
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(Math.max(0, remaining)),
    'X-RateLimit-Reset': String(resetAt),
  }),
}

function routes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(root, (req, res, next) => authenticate(vendor, req, res, next))
  router.get(`${root}/rate-limit`, (_req, res) => {
    const { changedSchema } = vendor.state.dials
    const reset = vendor.now() + 3_600_000
    const remaining = hourlyLimit - 47
    res.json(
      changedSchema
        ? { quota: { limit: hourlyLimit, remaining } }
        : { limit: hourlyLimit, remaining, reset },
    )
  })
  router.get(`${root}/key-stages`, (_req, res) => {
    res.json(['ks1', 'ks2', 'ks3', 'ks4'].map((slug) => ({ slug, title: slug.toUpperCase() })))
  })
  router.get(`${root}/subjects`, (_req, res) => {
    const slugs = [...new Set(lessons.map(({ subject }) => subject))]
    res.json(slugs.map((subjectSlug) => ({ subjectSlug, subjectTitle: subjectSlug })))
  })
  router.get(`${root}/search/lessons`, (req, res) => search(vendor, req, res))
  router.get(`${root}/lessons/:lesson/summary`, (req, res) => summary(vendor, req, res))
  router.use((_req, res) => void refuse(res, 404, 'NOT_FOUND', 'Not found'))
  return router
}

const refuse = (res: Response, status: number, code: string, message: string): void =>
  void res.status(status).json({ message, code })

function authenticate(vendor: Vendor, req: Request, res: Response, next: NextFunction): void {
  const given = req.get('authorization')?.match(/^Bearer (\S+)$/i)?.[1]
  if (given === secretOf(vendor, key) && !vendor.state.dials.expiredCredentials) next()
  else refuse(res, 401, 'UNAUTHORIZED', 'API token not provided or invalid')
}

const urlOf = (slug: string): string => `https://www.thenational.academy/teachers/lessons/${slug}`

function search(vendor: Vendor, req: Request, res: Response): void {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) {
    refuse(res, 400, 'BAD_REQUEST', 'Input validation failed')
    return
  }
  const found = lessons
    .filter(({ keyStage }) => matches(query.get('keyStage'), keyStage))
    .filter(({ subject }) => matches(query.get('subject'), subject))
    .map((lesson) => ({ lesson, similarity: similarityOf(lesson, words) }))
    .filter(({ similarity }) => similarity > 0)
    .toSorted((a, b) => b.similarity - a.similarity)
  const present = someMissing(found, vendor.state.dials.missingRowsPercent)
  const { changedSchema } = vendor.state.dials
  res.json(
    present.map(({ lesson, similarity }) => ({
      lessonSlug: lesson.slug,
      ...(changedSchema ? { title: { en: lesson.title } } : { lessonTitle: lesson.title }),
      oakUrl: urlOf(lesson.slug),
      similarity,
      units: [unitOf(lesson)],
    })),
  )
}

const matches = (wanted: string | null, value: string): boolean =>
  wanted === null || wanted === value

function similarityOf({ title, unit, keywords }: Lesson, words: readonly string[]): number {
  const text = `${title} ${unit} ${keywords.join(' ')}`.toLowerCase()
  return words.filter((word) => text.includes(word)).length / words.length
}

function summary(vendor: Vendor, req: Request, res: Response): void {
  const lesson = lessons.find(({ slug }) => slug === req.params['lesson'])
  if (!lesson) {
    refuse(res, 404, 'NOT_FOUND', 'Lesson not found')
    return
  }
  if (lesson.blocked) {
    refuse(res, 400, 'BAD_REQUEST', 'Content is blocked for copyright reasons')
    return
  }
  const { changedSchema } = vendor.state.dials
  const { unitSlug, unitTitle } = unitOf(lesson)
  res.json({
    ...(changedSchema ? { title: { en: lesson.title } } : { lessonTitle: lesson.title }),
    oakUrl: urlOf(lesson.slug),
    units: [unitOf(lesson)],
    unitSlug,
    unitTitle,
    subjectSlug: lesson.subject,
    subjectTitle: lesson.subject,
    keyStageSlug: lesson.keyStage,
    keyStageTitle: lesson.keyStage.toUpperCase(),
    lessonKeywords: lesson.keywords.map((keyword) => ({ keyword, description: '' })),
    keyLearningPoints: [{ keyLearningPoint: lesson.outcome }],
    misconceptionsAndCommonMistakes: [],
    pupilLessonOutcome: lesson.outcome,
    teacherTips: [],
    contentGuidance:
      lesson.guidance === '' ? null : [{ contentGuidanceDescription: lesson.guidance }],
    supervisionLevel: lesson.guidance === '' ? null : 'Adult supervision suggested',
    downloadsAvailable: true,
  })
}
