import { randomUUID } from 'node:crypto'
import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import { type Html, html, markup } from '../../lms/html.ts'
import { layout } from '../pages.ts'
import type { SchoolCourse } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { googleCourseId, googleUserId, googleWorkId, submissionIdOf } from './ids.ts'
import { coursesOf, findUser, fullName, itemsOf, membersOf, sideOf } from './school.ts'
import { type Attachment, type Item, nextNumber, storeOf } from './store.ts'

const tokenLifeMs = 60 * 60_000
/** A frame says so when it has done what it was opened for (Classroom add-on iframes, `closeIframe`). */
const closing = `addEventListener('message', ({ data }) => {
  if (data && data.type === 'Classroom' && data.action === 'closeIframe') {
    location.assign(document.querySelector('[data-back]').href)
  }
})`

/** What people see of Classroom in a browser: a class, a task in it, and the frames of add-ons. */
export function classPages(vendor: Vendor): Router {
  const router = express.Router()
  const form = express.urlencoded({ extended: false })
  // What an administrator sets in the Marketplace SDK: the address that attaches something.
  router.put('/add-on', express.json(), async (req, res) => {
    const { setupUri } = z.object({ setupUri: z.url() }).parse(req.body)
    storeOf(vendor).setupUri = setupUri
    await vendor.changed()
    res.json({ setupUri })
  })
  router.get('/c/:courseId', (req, res) => show(vendor, req, res, classPage))
  router.post('/c/:courseId', form, async (req, res) => {
    const visit = visitOf(vendor, req)
    if (visit?.side !== 'teacher') return void res.sendStatus(403)
    const item = addItem(vendor, visit, String(req.body?.title ?? '').trim() || 'Untitled')
    await vendor.changed()
    res.redirect(303, `${visit.path}/a/${item.id}?as=${visit.userId}`)
  })
  router.get('/c/:courseId/a/:itemId', (req, res) => show(vendor, req, res, itemPage))
  router.get('/c/:courseId/a/:itemId/details', (req, res) => show(vendor, req, res, itemPage))
  router.get('/c/:courseId/a/:itemId/add-on', (req, res) => show(vendor, req, res, addOnPage))
  router.get('/c/:courseId/a/:itemId/work/:learnerId', (req, res) =>
    show(vendor, req, res, workPage),
  )
  return router
}

interface Visit {
  readonly course: SchoolCourse
  readonly courseId: string
  readonly userId: string
  readonly side: 'teacher' | 'student' | 'administrator'
  /** Of the class, as the browser asks for it. */
  readonly path: string
}

function visitOf(vendor: Vendor, req: Request): Visit | null {
  const courseId = String(req.params['courseId'])
  const course = coursesOf(vendor).find((one) => googleCourseId(one.id) === courseId)
  const user = findUser(vendor, String(req.query['as'] ?? ''))
  const side = course && user && sideOf(course, user)
  if (!course || !user || !side) return null
  const path = `${new URL(vendor.baseUrl).pathname}/c/${courseId}`
  return { course, courseId, userId: googleUserId(user.id), side, path }
}

type Page = (vendor: Vendor, visit: Visit, req: Request) => Html | null

function show(vendor: Vendor, req: Request, res: Response, page: Page): void {
  const visit = visitOf(vendor, req)
  const main = visit && page(vendor, visit, req)
  if (!main) {
    res.status(404).type('text').send('Class not found')
    return
  }
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; script-src 'unsafe-inline'; frame-src http: https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
  })
  const root = vendor.baseUrl.replace(/\/[^/]+$/, '')
  const text = markup(layout(root, 'Classroom', main))
  res.type('html').send(text.replace('</body>', `<script>${closing}</script></body>`))
}

function addItem(vendor: Vendor, { courseId, userId }: Visit, title: string): Item {
  const store = storeOf(vendor)
  const now = vendor.now()
  const item: Item = {
    id: googleWorkId(6_000_000 + nextNumber(store)),
    courseId,
    kind: 'courseWork',
    title,
    state: 'PUBLISHED',
    workType: 'ASSIGNMENT',
    maxPoints: 100,
    creatorUserId: userId,
    project: null,
    createdAt: now,
    updatedAt: now,
  }
  store.items[item.id] = item
  return item
}

function classPage(vendor: Vendor, visit: Visit): Html {
  const items = itemsOf(vendor, visit.course).filter(
    (item) => item.kind === 'courseWork' && isShown(visit, item),
  )
  return html`<h1>${visit.course.title} <span class="badge">simulated Google Classroom</span></h1>
${
  visit.side === 'teacher' &&
  html`<form method="post" action="${visit.path}?as=${visit.userId}"><p><label>New assignment <input name="title" required></label> <button>Create</button></p></form>`
}
<ul>${items.map(({ id, title, state }) => html`<li><a href="${visit.path}/a/${id}?as=${visit.userId}">${title}</a>${state === 'DRAFT' && ' (draft)'}</li>`)}</ul>`
}

/** Learners see nothing of drafts. */
const isShown = ({ side }: Visit, { state }: Item): boolean =>
  side === 'teacher' || state !== 'DRAFT'

/** When it is due, where it stands, and from when it shows, as Classroom keeps it. */
function facts({ dueDate, dueTime, topicId, scheduledTime }: Item): Html {
  const { year, month, day } = dueDate ?? {}
  const { hours = 0, minutes = 0 } = dueTime ?? {}
  const two = (part = 0) => String(part).padStart(2, '0')
  return html`<ul>
${dueDate && html`<li>Due ${year}-${two(month)}-${two(day)} ${two(hours)}:${two(minutes)} UTC</li>`}
${topicId !== undefined && html`<li>Topic ${topicId}</li>`}
${scheduledTime !== undefined && html`<li>Scheduled for ${scheduledTime}</li>`}</ul>`
}

function itemOf(vendor: Vendor, visit: Visit, req: Request): Item | undefined {
  return itemsOf(vendor, visit.course).find(({ id }) => id === req.params['itemId'])
}

const attachmentsOf = (vendor: Vendor, item: Item): Attachment[] =>
  Object.values(storeOf(vendor).attachments).filter(({ itemId }) => itemId === item.id)

/** Classroom adds to every address of an add-on what it is opened for. */
function frameOf(
  uri: string,
  { courseId, userId }: Visit,
  item: Item,
  more: Readonly<Record<string, string>>,
): Html {
  const url = new URL(uri)
  const facts = { courseId, itemId: item.id, itemType: 'courseWork', login_hint: userId, ...more }
  for (const [name, value] of Object.entries(facts)) url.searchParams.set(name, value)
  return html`<iframe title="Add-on" src="${url.href}" width="900" height="700" allow="clipboard-write"></iframe>`
}

const backTo = ({ path, userId }: Visit, item: Item) =>
  html`<p><a data-back href="${path}/a/${item.id}?as=${userId}">Back to ${item.title}</a></p>`

function addOnPage(vendor: Vendor, visit: Visit, req: Request): Html | null {
  const item = itemOf(vendor, visit, req)
  const store = storeOf(vendor)
  if (!item || !store.setupUri) return null
  const token = randomUUID()
  store.addOnTokens[token] = {
    courseId: visit.courseId,
    itemId: item.id,
    userId: visit.userId,
    expiresAt: vendor.now() + tokenLifeMs,
  }
  return html`<h1>Add-on: EdPsych Connect</h1>${backTo(visit, item)}
${frameOf(store.setupUri, visit, item, { addOnToken: token })}`
}

function itemPage(vendor: Vendor, visit: Visit, req: Request): Html | null {
  const item = itemOf(vendor, visit, req)
  if (!item || !isShown(visit, item)) return null
  const { path, userId, side, course } = visit
  const isTeacher = side === 'teacher'
  const links = z
    .array(z.object({ link: z.object({ url: z.string() }) }))
    .catch([])
    .parse(item.materials)
  return html`<h1>${item.title}</h1><p><a href="${path}?as=${userId}">${course.title}</a></p>${facts(item)}
${links.map(({ link }) => html`<p><a href="${link.url}">${link.url}</a></p>`)}
${isTeacher && html`<p><a href="${path}/a/${item.id}/add-on?as=${userId}">Attach EdPsych Connect</a></p>`}
${attachmentsOf(vendor, item).map(
  (one) => html`<h2>${one.title}</h2>
${frameOf(isTeacher ? one.teacherViewUri.uri : one.studentViewUri.uri, visit, item, { attachmentId: one.id })}`,
)}
<h2>Grades</h2>
<ul>${membersOf(course, 'student')
    .filter(({ id }) => isTeacher || googleUserId(id) === userId)
    .map((learner) => {
      const kept = storeOf(vendor).submissions[submissionIdOf(item.id, googleUserId(learner.id))]
      const grade = kept?.assignedGrade ?? (isTeacher ? kept?.draftGrade : undefined)
      return html`<li><a href="${path}/a/${item.id}/work/${googleUserId(learner.id)}?as=${userId}">${fullName(learner)}</a>: ${grade ?? 'no grade'} of ${item.maxPoints}</li>`
    })}</ul>`
}

function workPage(vendor: Vendor, visit: Visit, req: Request): Html | null {
  const item = itemOf(vendor, visit, req)
  if (!item || visit.side !== 'teacher') return null
  const submissionId = submissionIdOf(item.id, String(req.params['learnerId']))
  return html`<h1>Work of a learner</h1>${backTo(visit, item)}
${attachmentsOf(vendor, item).map(
  ({ id, studentWorkReviewUri }) =>
    studentWorkReviewUri &&
    frameOf(studentWorkReviewUri.uri, visit, item, { attachmentId: id, submissionId }),
)}`
}
