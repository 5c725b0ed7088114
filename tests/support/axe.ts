import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on a page, open shadow roots included, one line for each finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the pages' policies forbid foreign scripts.
  await page.evaluate(`${source};0`)
  return page.evaluate(`axe.run(document).then(({ violations }) => violations.flatMap(
    ({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`)
}
