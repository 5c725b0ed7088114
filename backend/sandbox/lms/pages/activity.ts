import { type Html, html } from '../html.ts'
import type { Course } from '../school.ts'
import { storageTarget } from '../seen-by-tools.ts'
import type { ResourceLink, Tool } from '../state.ts'
import { icon } from './icons.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

// The permissions Moodle gives its frame; like there, no sandbox.
const permissions = ['microphone', 'camera', 'geolocation', 'midi', 'encrypted-media', 'autoplay']

/** The frame a tool lives in. `lms.js` stretches it to the viewport as Moodle does. */
export function toolFrame(visit: Visit, tool: Tool, frame: ToolFrame): Html {
  const { origin } = new URL(tool.toolUrl)
  const storage = storageTarget(visit.lms)
  const allow = permissions.map((feature) => `${feature} ${origin}`).join('; ')
  return html`<iframe id="contentframe" class="tool-frame" title="${frame.title}" src="${frame.src}" width="${frame.width ?? '100%'}" height="${frame.height ?? 600}" allow="${allow}" allowfullscreen data-tool-frame="${frame.height === undefined ? 'viewport' : 'fixed'}" data-platform-storage="${storage === null ? 'off' : 'on'}"></iframe>${storageFrame(visit)}`
}

/** The frame by which Canvas and Blackboard keep data for tools; the page itself does not answer for it. */
function storageFrame({ lms }: Visit): Html | '' {
  const name = lms.flavour.storageFrame
  if (name === null) return ''
  return html`<iframe name="${name}" src="${lms.baseUrl}/storage-frame" title="Data of tools" hidden data-platform-frame></iframe>`
}

interface ToolFrame {
  readonly title: string
  readonly src: string
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** One activity, in the frame of its tool. */
export function activityPage(visit: Visit, course: Course, link: ResourceLink, tool: Tool): Html {
  const path = `/courses/${course.id}/activities/${link.id}/launch`
  return layout(visit, {
    title: link.title,
    section: 'courses',
    course,
    wide: true,
    main: html`<div class="activity-head">
<p class="crumb"><a href="${href(visit, '/')}">Courses</a> / <a href="${href(visit, `/courses/${course.id}`)}">${course.title}</a></p>
<h1>${link.title}</h1>
<p><a class="small" href="${href(visit, path, { target: 'window' })}" target="_blank" rel="noopener">${icon('window')} Open in a new window</a></p>
</div>
${toolFrame(visit, tool, { title: link.title, src: href(visit, path), ...link.frame })}`,
  })
}

/** Choosing content on a page of its own, for browsers without script. */
export function addPage(visit: Visit, course: Course, tool: Tool): Html {
  const src = href(visit, `/courses/${course.id}/deep-link`, { tool: tool.id })
  return layout(visit, {
    title: `Add content from ${tool.name}`,
    section: 'courses',
    course,
    wide: true,
    main: html`<div class="activity-head">
<p class="crumb"><a href="${href(visit, '/')}">Courses</a> / <a href="${href(visit, `/courses/${course.id}`)}">${course.title}</a></p>
<h1>Add content from ${tool.name}</h1>
</div>
${toolFrame(visit, tool, { title: `Content of ${tool.name}`, src })}`,
  })
}
