import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const widgets = join(import.meta.dirname, '..', 'widgets')

/** Every `msg(…)` of every catalogue, with the id it names. */
function messageIds(): (string | undefined)[] {
  const files = readdirSync(widgets, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('messages.ts'))
    .flatMap((file) =>
      readFileSync(join(widgets, file), 'utf8')
        .split(/\bmsg\(/)
        .slice(1),
    )
    .map((call) => /^[^{}]*(?:\$\{[^}]*\}[^{}]*)*\{\s*id: '([a-z-]+)'/.exec(call)?.[1])
}

it('gives every message an id of its own, by which other languages find it', () => {
  const ids = messageIds()

  expect(ids.length).toBeGreaterThan(100)
  expect(ids).not.toContain(undefined)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})
