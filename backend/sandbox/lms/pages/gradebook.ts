import { type Html, html } from '../html.ts'
import { resultScore, scoreOf } from '../protocol/scores.ts'
import { type Course, canTeach, fullName, learnersOf, type Person, roleIn } from '../school.ts'
import type { LineItem, Score } from '../state.ts'
import { courseHeader } from './course-header.ts'
import { icon } from './icons.ts'
import { initials, layout } from './layout.ts'
import type { Visit } from './visit.ts'

/** Everybody's grades for a teacher, a learner's own for the learner. `lms.js` keeps the table fresh. */
export function gradebookPage(visit: Visit, course: Course): Html {
  const columns = visit.lms.state.lineItems.filter((item) => item.courseId === course.id)
  const teaches = canTeach(course, visit.who)
  return layout(visit, {
    title: `${teaches ? 'Gradebook' : 'My grades'}, ${course.title}`,
    section: 'courses',
    course,
    head: courseHeader(visit, course, 'grades'),
    main: html`<p class="small live" data-live="grades"><span role="status" data-live-status>Grades appear here as soon as a tool sends them.</span></p>
<div data-live-part="grades">${gradesOf(visit, course, columns, teaches)}</div>`,
  })
}

function gradesOf(
  visit: Visit,
  course: Course,
  columns: readonly LineItem[],
  teaches: boolean,
): Html {
  if (columns.length === 0) {
    return html`<div class="empty">${icon('grade')}<h2>No grades yet</h2><p>A column appears when an activity that gives points is added.</p></div>`
  }
  if (teaches) return table(visit, course, columns)
  if (roleIn(course, visit.who.id) === 'learner') return ownGrades(visit, columns)
  return html`<p class="empty">Only teachers and students see grades.</p>`
}

function table(visit: Visit, course: Course, columns: readonly LineItem[]): Html {
  return html`<div class="table-scroll" role="region" aria-labelledby="grades-caption" tabindex="0"><table class="grades">
<caption id="grades-caption">Grades in ${course.title}</caption>
<thead><tr><th scope="col">Student</th>${columns.map(
    (item) =>
      html`<th scope="col">${item.label} <span class="small">out of ${item.scoreMaximum}</span></th>`,
  )}</tr></thead>
<tbody>${learnersOf(course).map((learner) => row(visit, learner, columns))}</tbody>
</table></div>`
}

function row(visit: Visit, learner: Person, columns: readonly LineItem[]): Html {
  return html`<tr><th scope="row"><span class="avatar" aria-hidden="true">${initials(learner)}</span> ${fullName(learner)}</th>${columns.map(
    (item) => html`<td>${cell(item, scoreOf(visit.lms, item, learner.id))}</td>`,
  )}</tr>
`
}

function ownGrades(visit: Visit, columns: readonly LineItem[]): Html {
  return html`<table class="grades"><caption>Grades of ${fullName(visit.who)}</caption>
<thead><tr><th scope="col">Activity</th><th scope="col">Grade</th></tr></thead>
<tbody>${columns.map(
    (item) =>
      html`<tr><th scope="row">${item.label}</th><td>${cell(item, scoreOf(visit.lms, item, visit.who.id))}</td></tr>`,
  )}</tbody></table>`
}

function cell(item: LineItem, score: Score | undefined): Html {
  if (!score)
    return html`<span class="no-grade">–<span class="visually-hidden"> no grade</span></span>`
  return html`${
    score.gradingProgress === 'FullyGraded'
      ? html`<span class="mark">${markText(item, score)}</span>`
      : html`<span class="chip">${progressWord(score)}</span>`
  }
${score.comment === '' ? '' : html`<span class="comment">${score.comment}</span>`}`
}

/** A grade in words: points out of the maximum, or how far the work has come. */
export function markText(item: LineItem, score: Score): string {
  const mark = resultScore(item, score)
  return mark === undefined ? '–' : `${round(mark)} / ${item.scoreMaximum}`
}

const progressWords = {
  FullyGraded: 'Graded',
  Pending: 'Being graded',
  PendingManual: 'Waiting for the teacher',
  Failed: 'Could not be graded',
  NotReady: 'Not finished',
} as const satisfies Record<Score['gradingProgress'], string>

const progressWord = ({ gradingProgress }: Score): string => progressWords[gradingProgress]

const round = (mark: number): string => String(Math.round(mark * 100) / 100)
