import { type Html, html } from '../html.ts'
import { scoreOf } from '../protocol/scores.ts'
import { type Course, canTeach, roleIn } from '../school.ts'
import type { ResourceLink, Tool } from '../state.ts'
import { toolFrame } from './activity.ts'
import { courseHeader } from './course-header.ts'
import { markText } from './gradebook.ts'
import { icon } from './icons.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

/** The activities of a course; a teacher may add to them. */
export function coursePage(visit: Visit, course: Course): Html {
  const links = visit.lms.state.links.filter((link) => link.courseId === course.id)
  const teaches = canTeach(course, visit.who)
  return layout(visit, {
    title: course.title,
    section: 'courses',
    course,
    head: courseHeader(visit, course, 'activities'),
    main: html`${links.length === 0 ? emptyCourse(teaches) : html`<ol class="activities">${links.map((link) => activityRow(visit, course, link))}</ol>`}
${teaches ? addContent(visit, course) : ''}
${chooserDialog()}`,
  })
}

function emptyCourse(teaches: boolean): Html {
  return html`<div class="empty">${icon('activity')}
<h2>No activities yet</h2>
<p>${teaches ? 'Add the first one from a tool below.' : 'Your teacher has not added anything so far.'}</p></div>`
}

function activityRow(visit: Visit, course: Course, link: ResourceLink): Html {
  const tool = visit.lms.state.tools.find(({ id }) => id === link.toolId)
  const path = `/courses/${course.id}/activities/${link.id}`
  const open =
    link.kind === 'web'
      ? html`<a href="${link.url}" target="_blank" rel="noopener noreferrer">${link.title}<span class="visually-hidden"> (opens in a new tab)</span></a>`
      : html`<a href="${href(visit, path)}">${link.title}</a>`
  return html`<li class="activity">
<span class="activity-icon">${icon(link.kind === 'web' ? 'link' : 'activity')}</span>
<div class="activity-body"><h2>${open}</h2>
${link.text === '' ? '' : html`<p>${link.text}</p>`}
<p class="small">${tool?.name ?? 'Tool'}${gradeLine(visit, course, link)}</p></div>
${
  canTeach(course, visit.who)
    ? html`<form method="post" action="${href(visit, `${path}/delete`)}"><button class="quiet" aria-label="Remove ${link.title}">${icon('bin')}</button></form>`
    : ''
}
</li>`
}

function gradeLine({ lms, who }: Visit, course: Course, link: ResourceLink): Html | '' {
  const item = lms.state.lineItems.find(({ linkId }) => linkId === link.id)
  if (!item) return ''
  const score = scoreOf(lms, item, who.id)
  if (roleIn(course, who.id) === 'learner' && score) {
    return html` · Your grade: <strong>${markText(item, score)}</strong>`
  }
  return html` · ${item.scoreMaximum} points`
}

function addContent(visit: Visit, course: Course): Html {
  const { tools } = visit.lms.state
  return html`<section class="add" aria-labelledby="add-title">
<h2 id="add-title">Add content from a tool</h2>
${
  tools.length === 0
    ? html`<p>No tool is registered yet. <a href="${href(visit, '/tools')}">Register one</a> first.</p>`
    : html`<ul class="tool-list">${tools.map((tool) => toolRow(visit, course, tool))}</ul>`
}
</section>`
}

function toolRow(visit: Visit, course: Course, tool: Tool): Html {
  const path = `/courses/${course.id}`
  const src = href(visit, `${path}/deep-link`, { tool: tool.id })
  const title = `Content of ${tool.name}`
  return html`<li class="tool-row">
<span class="tool-name">${tool.name}</span>
<a class="button" href="${href(visit, `${path}/add`, { tool: tool.id })}" data-dialog="Add content from ${tool.name}">${icon('plus')} Select content<span class="visually-hidden"> from ${tool.name}</span></a>
<template>${toolFrame(visit, tool, { title, src })}</template>
<form method="post" action="${href(visit, `${path}/links`)}"><input type="hidden" name="toolId" value="${tool.id}"><button class="button secondary">Add the tool itself<span class="visually-hidden">: ${tool.name}</span></button></form>
</li>`
}

function chooserDialog(): Html {
  return html`<dialog id="chooser" aria-labelledby="chooser-title">
<div class="dialog-head"><h2 id="chooser-title">Add content</h2>
<button type="button" class="quiet" data-close-dialog aria-label="Close">${icon('close')}</button></div>
<div class="dialog-frame" data-frame-slot></div>
</dialog>`
}
