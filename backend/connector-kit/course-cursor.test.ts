import { expect, it } from 'vitest'
import { coursesOfCursor, cursorOfCourses } from './course-cursor.ts'

it('names courses and reads them back', () => {
  expect(coursesOfCursor(cursorOfCourses(['2', '_12_1']))).toEqual(['2', '_12_1'])
})

it.each([undefined, null, '', '4', '{"courses":"/next"}', '{"courses":[', '{"courses":[]}'])(
  'takes %j for a cursor of another kind',
  (cursor) => {
    expect(coursesOfCursor(cursor)).toBeUndefined()
  },
)
