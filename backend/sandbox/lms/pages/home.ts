import { type Html, html } from '../html.ts'
import {
  type Course,
  canEnter,
  courses,
  findPerson,
  fullName,
  learnersOf,
  roleWord,
  schoolName,
} from '../school.ts'
import { icon } from './icons.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

/** The courses of the person. */
export function homePage(visit: Visit): Html {
  const mine = courses.filter((course) => canEnter(course, visit.who))
  return layout(visit, {
    title: 'Courses',
    section: 'courses',
    main: html`<div class="hero"><h1>Good to see you, ${visit.who.givenName}</h1>
<p>These are the courses at ${schoolName} that ${visit.who.givenName} belongs to. Use the menu at the top to become somebody else.</p></div>
<ul class="cards">${mine.map((course) => courseCard(visit, course))}</ul>
${firstSteps(visit)}
${mine.length === 0 ? html`<p class="empty">There are no courses for this person.</p>` : ''}`,
  })
}

function firstSteps(visit: Visit): Html {
  const names = visit.lms.state.tools.map(({ name }) => name).join(', ')
  return html`<section class="steps" aria-labelledby="steps-title">
<h2 id="steps-title">Try a tool in four steps</h2>
<ol>
<li class="step"><strong>Add content.</strong> As ${fullName(findPerson('3'))}, open a course and choose “Select content”${names === '' ? html` from a tool that you <a href="${href(visit, '/tools')}">registered</a>` : ` from ${names}`}.</li>
<li class="step"><strong>Become a student.</strong> Choose ${fullName(findPerson('11'))} in the menu at the top right.</li>
<li class="step"><strong>Do the activity.</strong> Open it in the course; it runs in a frame of another site.</li>
<li class="step"><strong>See the grade.</strong> It appears under “My grades”, and in the teacher’s gradebook.</li>
</ol>
</section>`
}

function courseCard(visit: Visit, course: Course): Html {
  const activities = visit.lms.state.links.filter((link) => link.courseId === course.id).length
  return html`<li class="card course-${course.id}">
<p class="course-label">${course.label}</p>
<h2><a href="${href(visit, `/courses/${course.id}`)}">${course.title}</a></h2>
<p>${course.summary}</p>
<ul class="facts">
  <li>${icon('activity')} ${plural(activities, 'activity', 'activities')}</li>
  <li>${icon('people')} ${plural(learnersOf(course).length, 'student', 'students')}</li>
</ul>
<p class="card-role">${roleWord(visit.who, course)}</p>
</li>`
}

export function plural(count: number, one: string, many: string): string {
  return `${count === 0 ? 'No' : count} ${count === 1 ? one : many}`
}
