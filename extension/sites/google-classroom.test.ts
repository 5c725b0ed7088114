import { describe, expect, it } from 'vitest'
import { readClassPage } from './google-classroom.ts'

const courseId = '605123456789'
const classId = btoa(courseId)
const at = (path: string) => readClassPage(`https://classroom.google.com${path}`)

describe('readClassPage', () => {
  it('reads the stream', () => {
    expect(at(`/c/${classId}`)).toEqual({ view: 'stream', classId, courseId, account: null })
  })

  it.each([`/w/${classId}/t/all`, `/w/${classId}/tc/${btoa('604000000001')}`, `/w/${classId}`])(
    'reads %s as classwork',
    (path) => {
      expect(at(path)).toEqual({ view: 'classwork', classId, courseId, account: null })
    },
  )

  it.each([
    [`/u/0/c/${classId}`, 0],
    [`/u/3/w/${classId}/t/all`, 3],
    [`/u/12/c/${classId}/`, 12],
  ])('keeps the account of %s', (path, account) => {
    expect(at(path)?.account).toBe(account)
  })

  it.each([
    '/',
    '/h',
    '/u/1/h',
    '/a/not-turned-in/all',
    `/r/${classId}/sort-last-name`,
    `/c/${classId}/gb`,
    `/c/${classId}/a/${classId}/details`,
    `/c/${classId}/a/${classId}/submissions`,
    `/c/${classId}/m/${classId}/details`,
    `/c/${classId}/p/${classId}`,
    '/c/<script>',
    '/share',
  ])('finds no class page at %s', (path) => {
    expect(at(path)).toBeUndefined()
  })

  it('ignores query and fragment', () => {
    expect(at(`/c/${classId}?hl=ar#top`)?.courseId).toBe(courseId)
  })

  it('has no course number for an id that is not a number', () => {
    expect(at('/c/NotANumber12')).toMatchObject({ classId: 'NotANumber12', courseId: null })
  })

  it.each([
    `https://classroom.google.com.example.org/c/${classId}`,
    `http://classroom.google.com/c/${classId}`,
    `https://accounts.google.com/c/${classId}`,
    'about:blank',
    'nonsense',
  ])('is not deceived by %s', (address) => {
    expect(readClassPage(address)).toBeUndefined()
  })
})
