import { describe, expect, it } from 'vitest'
import { resolveClass } from './taught-classes.ts'

const course = { title: 'Maths with Ms Kaya', subjects: [], grades: [] }
const lower = { sourcedId: '8x-Ma1', title: '8x/Ma1', subjects: ['Mathematics'], grades: ['8'] }
const upper = { sourcedId: '9x-Ma1', title: '9x/Ma1', subjects: ['Mathematics'], grades: ['9'] }

describe('a course in which classes of the student record system are taught', () => {
  it('has the subject and year group of its class, and the title of whoever owns titles', () => {
    const known = { subjects: ['Mathematics'], grades: ['8'], sisClassSourcedIds: ['8x-Ma1'] }

    expect(resolveClass(course, [lower], 'lms')).toEqual({ title: course.title, ...known })
    expect(resolveClass(course, [lower], 'sis')).toEqual({ title: '8x/Ma1', ...known })
  })

  it('has the year groups of all its classes, and keeps its own title', () => {
    expect(resolveClass(course, [lower, upper], 'sis')).toEqual({
      title: course.title,
      subjects: ['Mathematics'],
      grades: ['8', '9'],
      sisClassSourcedIds: ['8x-Ma1', '9x-Ma1'],
    })
  })

  it('keeps what the learning platform says where the student record system says nothing', () => {
    const own = { title: 'Club', subjects: ['Chess'], grades: ['7'] }
    const bare = { sourcedId: 'c', title: 'C', subjects: [], grades: [] }

    expect(resolveClass(own, [bare], 'lms')).toEqual({ ...own, sisClassSourcedIds: ['c'] })
    expect(resolveClass(own, [], 'sis')).toEqual({ ...own, sisClassSourcedIds: [] })
  })
})
