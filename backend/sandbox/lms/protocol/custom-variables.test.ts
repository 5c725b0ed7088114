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
  it('tell what a link was copied from, and nothing of one that was made here', () => {
    const custom = { links: '$ResourceLink.id.history', courses: '$Context.id.history' }
    const copiedFrom = { courseIds: ['3', '9'], linkIds: ['5', 'a,b'] }

    expect(substitute(custom, { ...around, link: { ...around.link, copiedFrom } })).toEqual({
      links: '5,a%2Cb',
      courses: '3,9',
    })
    expect(substitute(custom, around)).toEqual({ links: '', courses: '' })
  })

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
