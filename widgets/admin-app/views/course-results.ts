import { html } from 'lit'
import type { Course } from '../../../shared/api/lti-courses.ts'
import '../../edpsych-course-results/edpsych-course-results.ts'
import { openAddress } from '../../../shared/open-address.ts'
import '../../app/copy-field.ts'
import { api } from '../../app/api.ts'
import { PagedList } from '../../app/paged-list.ts'
import { View, when } from '../../app/view.ts'

/** @summary Courses of LMSs that somebody opened something from, each with its results. */
export class CourseResultsListElement extends View {
  private readonly list = new PagedList<Course>(this, (cursor) =>
    api('GET /api/v1/lti/courses', { query: { limit: 50, cursor } }),
  )

  protected override render() {
    return html`
      <h1>Course results</h1>
      <p class="lead">What learners did in the courses of your LMS. A copied course has results of its own.</p>
      ${this.list.table({
        caption: 'Courses',
        columns: ['Course', 'Last opened'],
        row: (course) => html`<tr>
          <th scope="row"><a href="/admin/results/${course.id}">${course.title ?? course.contextId}</a></th>
          <td>${when(course.launchedAt)}</td>
        </tr>`,
        empty: html`<h2>No courses yet</h2><p>A course appears here once somebody opens an activity from it.</p>`,
      })}
    `
  }
}

/** @summary The results of one course. */
export class CourseResultsElement extends View {
  protected override render() {
    return html`<p class="breadcrumb"><a href="/admin/results">Course results</a></p>
      <edpsych-course-results heading-level="1" course-id=${this.parameters['id'] ?? ''} .client=${api}></edpsych-course-results>
      <admin-copy-field label="Address for e-mails and portals (staff sign in and land here)" .value=${openAddress(location.origin, 'course', this.parameters['id'] ?? '', this.session?.tenant.id ?? '')}></admin-copy-field>`
  }
}

customElements.define('admin-course-results-list', CourseResultsListElement)
customElements.define('admin-course-results', CourseResultsElement)
