import { activeFaults } from '../faults.ts'
import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import {
  type Course,
  fullName,
  type Person,
  people,
  roleIn,
  roleWord,
  schoolName,
} from '../school.ts'
import { icon } from './icons.ts'
import { asset, href, type Visit } from './visit.ts'

export interface Page {
  readonly title: string
  readonly main: Html
  /** Above the content, from edge to edge. */
  readonly head?: Html
  readonly course?: Course
  readonly section: 'courses' | 'tools' | 'faults' | 'log'
  /** The tool gets all the room there is. */
  readonly wide?: boolean
}

/** A whole page: header with the person, navigation, content. */
export function layout(visit: Visit, page: Page): Html {
  const { lms } = visit
  return html`<!DOCTYPE html>
<html lang="en-GB">
${head(lms, page.title)}
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <div class="top-inner">
    <a class="brand" href="${href(visit, '/')}">
      ${icon('lark')}<span>${schoolName}</span> <span class="badge">Simulated LMS</span>
    </a>
    ${navigation(visit, page)}
    ${personMenu(visit, page.course)}
  </div>
</header>
${faultBanner(visit, page)}
<main id="main" tabindex="-1">
${page.head}
<div class="inner ${page.wide ? 'wide' : ''}">
${visit.notice === undefined ? '' : html`<p class="notice" role="status">${icon('check')} ${visit.notice}</p>`}
${page.main}
</div>
</main>
<footer class="foot"><p>${schoolName} does not exist, and neither do its people. This learning platform is simulated for trying out LTI tools.</p></footer>
</body>
</html>`
}

/** The head of every page of the LMS. */
export function head(lms: Lms, title: string, script = 'lms.js'): Html {
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${schoolName}</title>
<link rel="icon" href="${asset(lms, 'lark.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset(lms, 'lms.css')}">
<link rel="stylesheet" href="${asset(lms, 'courses.css')}">
<link rel="stylesheet" href="${asset(lms, 'controls.css')}">
<script type="module" src="${asset(lms, script)}"></script>
</head>`
}

const sections = [
  ['courses', '/', 'Courses'],
  ['tools', '/tools', 'Tools'],
  ['faults', '/faults', 'Switches'],
  ['log', '/log', 'Request log'],
] as const

function navigation(visit: Visit, { section }: Page): Html {
  return html`<nav class="nav" aria-label="LMS"><ul>${sections.map(
    ([key, path, label]) =>
      html`<li><a href="${href(visit, path)}" ${key === section ? html`aria-current="page"` : ''}>${label}</a></li>`,
  )}</ul></nav>`
}

function personMenu(visit: Visit, course: Course | undefined): Html {
  const { who } = visit
  const inCourse = people.filter((one) => course && roleIn(course, one.id))
  const others = people.filter((one) => !inCourse.includes(one))
  return html`<details class="person" data-menu>
  <summary><span class="avatar" aria-hidden="true">${initials(who)}</span>
    <span class="person-label"><span class="small">You are</span> <strong>${fullName(who)}</strong>
    <span class="small">${roleWord(who, course)}</span></span> ${icon('chevron')}</summary>
  <div class="person-menu">
    <p class="small">Look at this page as somebody else. Each browser tab can be another person.</p>
    ${course ? personList(visit, course.title, inCourse, course) : ''}
    ${personList(visit, course ? 'Not in this course' : 'Everybody', others)}
  </div>
</details>`
}

function personList(visit: Visit, title: string, group: readonly Person[], course?: Course): Html {
  return html`<h2>${title}</h2><ul>${group.map(
    (one) =>
      html`<li><a href="${href({ ...visit, who: one }, visit.here.path, visit.here.params)}" ${one === visit.who ? html`aria-current="true"` : ''}>${fullName(one)} <span class="small">${roleWord(one, course)}</span></a></li>`,
  )}</ul>`
}

function faultBanner(visit: Visit, { section }: Page): Html | '' {
  const active = activeFaults(visit.lms.state.faults)
  if (active.length === 0 || section === 'faults') return ''
  return html`<aside class="banner" aria-label="Faults"><p>${icon('bolt')} <strong>Switched on:</strong> ${active.join(', ')}. <a href="${href(visit, '/faults')}">Change</a></p></aside>`
}

export const initials = ({ givenName, familyName }: Person): string =>
  `${givenName.charAt(0)}${familyName.charAt(0)}`
