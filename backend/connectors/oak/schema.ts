import { z } from 'zod'
import type { ContentItem } from '../../connector-kit/index.ts'

/** Oak's terms want the licence and its name with everything shown. */
const terms = {
  kind: 'lesson',
  license: {
    name: 'Open Government Licence v3.0',
    url: 'https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/',
  },
  attribution: 'Oak National Academy',
} as const satisfies Partial<ContentItem>

export const RateLimit = z.object({ limit: z.number(), remaining: z.number() })

export const Blocked = z.object({ message: z.string().regex(/blocked/i) })

const title = z.string().min(1)
const url = z.url({ protocol: /^https$/ })
const Unit = z.object({ keyStageSlug: z.string(), subjectSlug: z.string() })

export const Found = z.array(
  z
    .object({
      lessonSlug: z.string().min(1),
      lessonTitle: title,
      oakUrl: url,
      units: z.array(Unit),
    })
    .transform(
      ({ lessonSlug, lessonTitle, oakUrl, units }): ContentItem => ({
        id: lessonSlug,
        title: lessonTitle,
        url: oakUrl,
        subjects: [...new Set(units.map(({ subjectSlug }) => subjectSlug))],
        ...(units[0] && { educationalLevel: units[0].keyStageSlug }),
        ...terms,
      }),
    ),
)

const Guidance = z.array(z.object({ contentGuidanceDescription: z.string() }))

export const Summary = z
  .object({
    lessonTitle: title,
    oakUrl: url,
    subjectSlug: z.string(),
    keyStageSlug: z.string(),
    pupilLessonOutcome: z.string().nullish(),
    contentGuidance: Guidance.nullish(),
    supervisionLevel: z.string().nullish(),
  })
  .transform((lesson): Omit<ContentItem, 'id'> => {
    const warnings = lesson.contentGuidance?.map((one) => one.contentGuidanceDescription) ?? []
    const texts = [lesson.pupilLessonOutcome, ...warnings, lesson.supervisionLevel].filter(Boolean)
    return {
      title: lesson.lessonTitle,
      url: lesson.oakUrl,
      subjects: [lesson.subjectSlug],
      educationalLevel: lesson.keyStageSlug,
      ...(texts.length > 0 && { description: texts.join(' · ') }),
      ...terms,
    }
  })
