import { type Html, html } from '../html.ts'
import { type Course, canTeach } from '../school.ts'
import { href, type Visit } from './visit.ts'

/** The title of a course with the way to its other page. */
export function courseHeader(visit: Visit, course: Course, tab: 'activities' | 'grades'): Html {
  const path = `/courses/${course.id}`
  return html`<div class="course-head course-${course.id}">
<p class="crumb"><a href="${href(visit, '/')}">Courses</a> / ${course.label}</p>
<h1>${course.title}</h1>
<nav class="tabs" aria-label="Course"><ul>
<li><a href="${href(visit, path)}" ${tab === 'activities' ? html`aria-current="page"` : ''}>Activities</a></li>
<li><a href="${href(visit, `${path}/gradebook`)}" ${tab === 'grades' ? html`aria-current="page"` : ''}>${canTeach(course, visit.who) ? 'Gradebook' : 'My grades'}</a></li>
</ul></nav>
</div>`
}
