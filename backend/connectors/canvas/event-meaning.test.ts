import { expect, it } from 'vitest'
import { meaningOf } from './event-meaning.ts'

const course = { context_type: 'Course', context_id: '21070000000000565' }

it.each([
  [
    'enrollment_updated',
    { course_id: '21070000000000565', enrollment_id: '21070000000046825' },
    {
      capability: 'courses',
      change: 'members',
      courseId: '565',
      entity: 'members enrollment_id:46825',
    },
  ],
  [
    'group_membership_created',
    { group_id: '7', group_membership_id: '71' },
    {
      capability: 'courses',
      change: 'members',
      courseId: '565',
      entity: 'members group_membership_id:71',
    },
  ],
  [
    'assignment_override_updated',
    { assignment_id: '31', assignment_override_id: '801' },
    {
      capability: 'courses',
      change: 'assignments',
      courseId: '565',
      entity: 'assignments assignment_override_id:801 assignment_id:31',
    },
  ],
  [
    'grade_change',
    { submission_id: '21070000000011086', score: 5 },
    {
      capability: 'grades',
      change: 'grades',
      courseId: '565',
      entity: 'grades submission_id:11086',
    },
  ],
  [
    'course_updated',
    { course_id: '565', workflow_state: 'deleted' },
    { capability: 'courses', change: 'course-deleted', entity: 'course course_id:565' },
  ],
  [
    'user_updated',
    { user_id: '48' },
    { capability: 'courses', change: 'people', entity: 'people user_id:48' },
  ],
])('says what %s means, by numbers of the school', (name, body, meaning) => {
  expect(meaningOf(name, course, body)).toEqual(meaning)
})

it('says that any course may have changed where the event names none', () => {
  const state = { enrollment_id: '21070000000001533', state: 'completed' }

  expect(meaningOf('enrollment_state_updated', course, state)).toEqual({
    capability: 'courses',
    change: 'members',
    entity: 'members enrollment_id:1533',
  })
  expect(meaningOf('course_updated', {}, { course_id: { $ne: '' } })).toEqual({
    capability: 'courses',
    change: 'course',
  })
})

it.each(['quiz_submitted', 'logged_in', 'course_updated_everywhere'])(
  'is not interested in %s',
  (name) => {
    expect(meaningOf(name, course, {})).toBeNull()
  },
)
