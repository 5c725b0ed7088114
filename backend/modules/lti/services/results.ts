import { z } from 'zod'
import { scope } from '../claim-names.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { readPages } from './read-pages.ts'
import type { ServiceDeps } from './service-call.ts'
import { below, withQuery } from './service-url.ts'

const ResultBody = z.object({
  userId: z.union([z.string().min(1), z.number()]).transform(String),
  // Moodle leaves the score out where nothing is graded.
  resultScore: z.number().nullish(),
  resultMaximum: z.number().positive().nullish().catch(null),
  comment: z.string().nullish().catch(null),
})

/** LTI-AGS 2.0 §3.3: what the gradebook shows of one person in one column. */
export interface GradebookResult {
  readonly userId: string
  /** Null: nothing is graded. */
  readonly score: number | null
  /** Of the column; 1 where the LMS does not say (§3.3.5.2). */
  readonly maximum: number
  readonly comment: string | null
}

/** The grades of a column as the LMS holds them now. No limit is asked for: Moodle answers one with an error page. */
export async function readResults(
  deps: ServiceDeps,
  platform: PlatformRow,
  lineItem: string,
  { userId, signal }: { readonly userId?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<{ readonly results: GradebookResult[]; readonly unreadable: number }> {
  const results: GradebookResult[] = []
  let unreadable = 0
  const pages = readPages(deps, platform, {
    url: withQuery(below(lineItem, 'results'), { user_id: userId }),
    what: 'the grades of this column',
    purpose: 'lti.results',
    scopes: [scope.result],
    accept: 'application/vnd.ims.lis.v2.resultcontainer+json',
    ...(signal && { signal }),
  })
  for await (const { body } of pages) {
    for (const row of Array.isArray(body) ? body : []) {
      const { data } = ResultBody.safeParse(row)
      if (!data) {
        unreadable += 1
        continue
      }
      const { resultScore, resultMaximum, comment } = data
      results.push({
        userId: data.userId,
        score: resultScore ?? null,
        maximum: resultMaximum ?? 1,
        comment: comment || null,
      })
    }
  }
  return { results, unreadable }
}
