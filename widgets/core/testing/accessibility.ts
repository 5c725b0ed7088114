import axe from 'axe-core'
import { expect } from 'vitest'

/** Runs every axe rule that makes sense for a part of a page; open shadow roots are looked into. */
export async function expectAccessible(element: Element = document.body): Promise<void> {
  const { violations } = await axe.run(element, {
    resultTypes: ['violations'],
    // A part of a page brings no landmarks and no page title of its own.
    rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
  })
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  )
  expect(found).toEqual([])
}
