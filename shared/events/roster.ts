import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const UserData = z.object({ userId: EventId })
const user = { userId: 'rus_01kfr3s5g7j9m1p3r6t8w0y2ac' }
const ClassData = z.object({ classId: EventId })
const schoolClass = { classId: 'cls_01kfr3sd4f6h8k0n2q5t7w9yab' }
const EnrollmentData = z.object({ enrollmentId: EventId, userId: EventId, classId: EventId })
const enrollment = { enrollmentId: 'enr_01kfr3sk1c3e5g8j0m2p4r6t9v', ...user, ...schoolClass }

const people = { users: '/api/v1/users' } as const
const classes = { classes: '/api/v1/classes' } as const
const enrollments = { enrollments: '/api/v1/enrollments', ...people, ...classes } as const
const AssignmentData = z.object({ assignmentId: EventId, classId: EventId })
const assignment = { assignmentId: 'asg_01kfr3sm2d4f6h9k1n3q5s7v9x', ...schoolClass }
const assignments = { assignments: '/api/v1/assignments', ...classes } as const

export const rosterEvents = describeEvents({
  'user.created': {
    title: 'Person added to the roster',
    description: 'A pupil or a teacher was added to the roster.',
    schema: UserData,
    example: user,
    personalData: true,
    subject: 'userId',
    links: people,
  },
  'user.updated': {
    title: 'Person of the roster changed',
    description: 'Details of a pupil or a teacher were changed.',
    schema: UserData,
    example: user,
    personalData: true,
    subject: 'userId',
    links: people,
  },
  'user.deleted': {
    title: 'Person removed from the roster',
    description: 'A pupil or a teacher was removed: delete what you hold about them.',
    schema: UserData,
    example: user,
    personalData: true,
    subject: 'userId',
    links: {},
  },
  'class.created': {
    title: 'Class added',
    description: 'A class was added to the roster.',
    schema: ClassData,
    example: schoolClass,
    personalData: false,
    subject: 'classId',
    links: classes,
  },
  'class.updated': {
    title: 'Class changed',
    description: 'A class was changed.',
    schema: ClassData,
    example: schoolClass,
    personalData: false,
    subject: 'classId',
    links: classes,
  },
  'class.deleted': {
    title: 'Class removed',
    description: 'A class was removed from the roster.',
    schema: ClassData,
    example: schoolClass,
    personalData: false,
    subject: 'classId',
    links: {},
  },
  'enrollment.created': {
    title: 'Enrolment added',
    description: 'A person was enrolled in a class.',
    schema: EnrollmentData,
    example: enrollment,
    personalData: true,
    subject: 'enrollmentId',
    links: enrollments,
  },
  'enrollment.updated': {
    title: 'Enrolment changed',
    description: 'The role of a person in a class was changed.',
    schema: EnrollmentData,
    example: enrollment,
    personalData: true,
    subject: 'enrollmentId',
    links: enrollments,
  },
  'enrollment.deleted': {
    title: 'Enrolment removed',
    description: 'A person left a class.',
    schema: EnrollmentData,
    example: enrollment,
    personalData: true,
    subject: 'enrollmentId',
    links: {},
  },
  'assignment.created': {
    title: 'Assignment found',
    description: 'An LMS sets something to a class that was not known before.',
    schema: AssignmentData,
    example: assignment,
    personalData: false,
    subject: 'assignmentId',
    links: assignments,
  },
  'assignment.updated': {
    title: 'Assignment changed',
    description: 'The title or a date of something that an LMS sets was changed.',
    schema: AssignmentData,
    example: assignment,
    personalData: false,
    subject: 'assignmentId',
    links: assignments,
  },
  'assignment.deleted': {
    title: 'Assignment gone',
    description: 'An LMS no longer sets this.',
    schema: AssignmentData,
    example: assignment,
    personalData: false,
    subject: 'assignmentId',
    links: {},
  },
})
