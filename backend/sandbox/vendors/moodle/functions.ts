import {
  type SchoolCourse,
  type SchoolUser,
  schoolAt,
  sisIdOf,
  someMissing,
  startedAt,
} from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { MoodleError } from './moodle-error.ts'
import { listOf, optionsOf, type Parameters, type Run } from './parameters.ts'
import { groupsOfUser, structureFunctions } from './structure.ts'

/** The functions of the external service, by name. */
export const functions: Readonly<Record<string, Run>> = {
  core_webservice_get_site_info: siteInfo,
  core_course_get_courses: getCourses,
  core_enrol_get_enrolled_users: getEnrolledUsers,
  ...structureFunctions,
}

const schoolOf = (vendor: Vendor) => schoolAt(vendor.state.dials)

function siteInfo(vendor: Vendor) {
  const release = '4.5.6 (Build: 20250811)'
  return {
    sitename: 'Larkfield Academy',
    username: 'ws_edpsych',
    firstname: 'Web service',
    lastname: 'Account',
    fullname: 'Web service Account',
    lang: 'en',
    userid: 4,
    siteurl: vendor.baseUrl,
    userpictureurl: `${vendor.baseUrl}/theme/image.php/boost/core/1/u/f1`,
    functions: Object.keys(functions).map((name) => ({ name, version: '2024100706' })),
    downloadfiles: 0,
    uploadfiles: 0,
    ...(vendor.state.dials.changedSchema ? { releases: [release] } : { release }),
    version: '2024100706',
    mobilecssurl: '',
    advancedfeatures: [{ name: 'enablecompletion', value: 1 }],
    usercanmanageownfiles: false,
    userquota: 104_857_600,
    usermaxuploadfilesize: -1,
    userhomepage: 1,
    siteid: 1,
    ...(vendor.state.dials.changedSchema ? { sitename: { text: 'Larkfield Academy' } } : {}),
  }
}

function getCourses(vendor: Vendor, parameters: Parameters) {
  const wanted = listOf(parameters, 'options[ids]')
  const site = { id: 1, label: 'larkfield', title: 'Larkfield Academy', summary: '' }
  const all = [
    site,
    ...someMissing(schoolOf(vendor).courses, vendor.state.dials.missingRowsPercent),
  ]
  return all
    .filter(({ id }) => wanted.length === 0 || wanted.includes(String(id)))
    .map((course) => describeCourse(vendor, course))
}

function describeCourse(
  vendor: Vendor,
  { id, label, title, summary }: Pick<SchoolCourse, 'id' | 'label' | 'title' | 'summary'>,
) {
  const seconds = Math.floor(startedAt / 1000)
  return {
    id,
    shortname: label,
    categoryid: id === 1 ? 0 : 1,
    categorysortorder: 10_000 + id,
    ...(vendor.state.dials.changedSchema ? { name: { text: title } } : { fullname: title }),
    displayname: title,
    idnumber: id === 1 ? '' : sisIdOf.class({ id }),
    summary: summary && `<p>${summary}</p>`,
    summaryformat: 1,
    format: id === 1 ? 'site' : 'topics',
    showgrades: 1,
    newsitems: 5,
    startdate: id === 1 ? 0 : seconds,
    enddate: id === 1 ? 0 : seconds + 300 * 86_400,
    numsections: 4,
    maxbytes: 0,
    showreports: 0,
    visible: 1,
    groupmode: 0,
    groupmodeforce: 0,
    defaultgroupingid: 0,
    timecreated: seconds,
    timemodified: seconds,
    enablecompletion: 1,
    completionnotify: 0,
    lang: '',
    forcetheme: '',
    courseformatoptions: [{ name: 'hiddensections', value: 1 }],
  }
}

const roles = {
  instructor: { roleid: 3, name: '', shortname: 'editingteacher', sortorder: 0 },
  assistant: { roleid: 4, name: '', shortname: 'teacher', sortorder: 0 },
  learner: { roleid: 5, name: '', shortname: 'student', sortorder: 0 },
  mentor: { roleid: 9, name: 'Parent', shortname: 'parent', sortorder: 0 },
} as const

function getEnrolledUsers(vendor: Vendor, parameters: Parameters) {
  const courseId = parameters.get('courseid')
  if (courseId === undefined || !/^\d+$/.test(courseId)) {
    throw new MoodleError(
      'invalid_parameter_exception',
      'invalidparameter',
      'Invalid parameter value detected',
    )
  }
  const course = schoolOf(vendor).courses.find(({ id }) => id === Number(courseId))
  if (!course) {
    throw new MoodleError(
      'dml_missing_record_exception',
      'invalidrecord',
      'Can’t find data record in database table course.',
    )
  }
  const options = optionsOf(parameters)
  const fields = options.get('userfields') ?? 'groups'
  const from = Number(options.get('limitfrom') ?? 0)
  const number = Number(options.get('limitnumber') ?? 0)
  const present = course.members.filter(({ user }) => !user.removed)
  return someMissing(present, vendor.state.dials.missingRowsPercent)
    .toSorted((a, b) => a.user.id - b.user.id)
    .slice(from, number > 0 ? from + number : undefined)
    .map(({ user, role }) => describeUser(vendor, user, roles[role], course, fields))
}

function describeUser(
  vendor: Vendor,
  { id, givenName, familyName, email }: SchoolUser,
  role: (typeof roles)[keyof typeof roles],
  course: SchoolCourse,
  fields: string,
) {
  return {
    id,
    fullname: `${givenName} ${familyName}`,
    ...(vendor.state.dials.changedSchema
      ? { name: { first: givenName, last: familyName } }
      : { firstname: givenName, lastname: familyName }),
    email,
    department: '',
    firstaccess: 0,
    lastaccess: 0,
    lastcourseaccess: 0,
    description: '',
    descriptionformat: 1,
    profileimageurlsmall: `${vendor.baseUrl}/theme/image.php/boost/core/1/u/f2`,
    profileimageurl: `${vendor.baseUrl}/theme/image.php/boost/core/1/u/f1`,
    roles: [role],
    ...(fields.includes('idnumber') && { idnumber: sisIdOf.user({ id }) }),
    ...(fields.includes('groups') && { groups: groupsOfUser(course, id) }),
    enrolledcourses: [{ id: course.id, fullname: course.title, shortname: course.label }],
  }
}
