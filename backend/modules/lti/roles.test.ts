import { describe, expect, it } from 'vitest'
import { reduceRoles } from './roles.ts'

const membership = 'http://purl.imsglobal.org/vocab/lis/v2/membership'
const institution = 'http://purl.imsglobal.org/vocab/lis/v2/institution/person'
const system = 'http://purl.imsglobal.org/vocab/lis/v2/system/person'

describe('reduceRoles', () => {
  it.each([
    ['a full URI', [`${membership}#Learner`], ['learner']],
    ['a short name', ['Instructor'], ['instructor']],
    [
      'https instead of http',
      ['https://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
      ['learner'],
    ],
    [
      'a teaching assistant',
      [`${membership}/Instructor#TeachingAssistant`],
      ['teaching-assistant'],
    ],
    [
      'a sub-role written with a capital letter',
      ['http://purl.imsglobal.org/vocab/lis/v2/Membership/Instructor#TeachingAssistant'],
      ['teaching-assistant'],
    ],
    [
      'principal and sub-role together',
      [`${membership}#Instructor`, `${membership}/Instructor#PrimaryInstructor`],
      ['instructor'],
    ],
    [
      'many roles, in our order and once each',
      [`${membership}#Administrator`, 'Learner', `${membership}#Learner`, `${institution}#Staff`],
      ['learner', 'administrator'],
    ],
    ['a content developer', [`${membership}#ContentDeveloper`], ['content-developer']],
    ['a mentor', [`${membership}#Mentor`], ['mentor']],
  ])('understands %s', (_, roles, expected) => {
    expect(reduceRoles(roles)).toEqual(expected)
  })

  it.each([
    ['an empty list', []],
    ['an institution role', [`${institution}#Instructor`, `${institution}#Administrator`]],
    ['a system role', [`${system}#Administrator`, `${system}#SysAdmin`]],
    ['an unknown role', [`${membership}#Wizard`, 'Wizard']],
    ['an unknown sub-role', [`${membership}/Instructor#Wizard`]],
    ['a role of another host', ['http://purl.example.org/vocab/lis/v2/membership#Instructor']],
    [
      'a role that only begins like ours',
      [`${membership}#Instructor#x`, `x${membership}#Instructor`],
    ],
    ['names of inherited properties', ['constructor', '__proto__', `${membership}#toString`]],
    ['things that are no text', [1, null, { role: 'Instructor' }]],
  ])('grants nothing for %s', (_, roles) => {
    expect(reduceRoles(roles)).toEqual([])
  })
})
