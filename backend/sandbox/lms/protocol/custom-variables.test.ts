import { describe, expect, it } from 'vitest'
import { noFaults } from '../faults.ts'
import { findCourse, findPerson } from '../school.ts'
import { substitute } from './custom-variables.ts'

const around = {
  course: findCourse('2'),
  who: findPerson('11'),
  faults: noFaults(),
  link: {
    id: '7',
    courseId: '2',
    toolId: '1',
    kind: 'launch',
    title: 'Angles',
    text: '',
    url: 'https://tool.example/',
    custom: {},
    frame: {},
  },
} as const

describe('custom parameters', () => {
  it('have their variables filled in, and keep those nobody knows', () => {
    const filled = substitute(
      { who: '$User.id', course: '$Context.label', grade: '$Result.score', plain: 'constructor' },
      around,
    )

    expect(filled).toEqual({
      who: '11',
      course: 'Y8-MATHS',
      grade: '$Result.score',
      plain: 'constructor',
    })
  })

  it('do not tell a name that the privacy switch withholds', () => {
    const custom = { name: '$Person.name.full', mail: '$Person.email.primary' }

    const open = substitute(custom, around)
    const closed = substitute(custom, { ...around, faults: { ...noFaults(), noNames: true } })

    expect(open['name']).toBe('Ava Example')
    expect(closed).toEqual({
      name: '$Person.name.full',
      mail: 'ava.example@learners.larkfield.example',
    })
  })
})
