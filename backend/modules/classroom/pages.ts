import type { Response } from 'express'
import { html } from '../../core/html.ts'
import { sendFramePage } from '../lti/index.ts'

const script = (data: object) => ({ src: '/assets/classroom-frame.js', data })

/** Stands in Classroom's frame until the person has signed in, in a window of its own. */
export function sendFrame(
  res: Response,
  { signInUrl, frameOrigin }: { readonly signInUrl: string; readonly frameOrigin: string },
): void {
  sendFramePage(res, {
    status: 200,
    title: 'Sign in with Google',
    frameOrigins: [frameOrigin],
    script: script({ mode: 'frame' }),
    main: html`<h1>Sign in with Google</h1>
<p>Google Classroom does not say who you are, so sign in once with your school account. A small window opens; this page goes on by itself.</p>
<p><a class="button" id="sign-in" href="${signInUrl}" target="_blank" rel="opener">Sign in with Google</a></p>
<p role="status" id="progress"></p>`,
  })
}

/** Hands what was opened to the frame that asked for it, or goes on here where that is gone. */
export function sendHandOver(res: Response, location: string): void {
  sendFramePage(res, {
    status: 200,
    title: 'Signed in',
    frameOrigins: [],
    script: script({ mode: 'hand-over', location }),
    main: html`<h1>You are signed in</h1>
<p role="status">Go back to Google Classroom: this window closes by itself.</p>
<p><a class="button" href="${location}">Go on in this window</a></p>`,
  })
}

/** After a choice: Classroom closes its frame; elsewhere the teacher goes back. */
export function sendDone(
  res: Response,
  { count, frameOrigin }: { readonly count: number; readonly frameOrigin: string },
): void {
  const [title, what] =
    count === 0
      ? ['Nothing was added', 'You chose nothing, so nothing was changed in Google Classroom.']
      : [
          'Added to Google Classroom',
          count === 1 ? 'One activity was added.' : `${count} activities were added.`,
        ]
  sendFramePage(res, {
    status: 200,
    title,
    frameOrigins: [frameOrigin],
    script: script({ mode: 'done', origin: frameOrigin }),
    main: html`<h1>${title}</h1>
<p role="status">${what}</p>
<p><a class="button" href="${frameOrigin}" target="_top">Back to Google Classroom</a></p>`,
  })
}

/** In which of their classes a teacher publishes. */
export function sendCourses(
  res: Response,
  {
    action,
    ticket,
    courses,
  }: {
    readonly action: string
    readonly ticket: string
    readonly courses: readonly Named[]
  },
): void {
  const choices = courses.map((course) => choiceOf('courseId', course))
  sendFramePage(res, {
    status: 200,
    title: 'Publish to Google Classroom',
    frameOrigins: ["'none'"],
    hasForm: true,
    main: html`<h1>Publish to Google Classroom</h1>
${
  courses.length === 0
    ? html`<p>You teach no active class in Google Classroom. Sign in with another account, or make a class there first.</p>`
    : html`<form method="post" action="${action}">
<input type="hidden" name="ticket" value="${ticket}">
<fieldset><legend>In which class?</legend>
${choices}</fieldset>
<p><button class="button">Continue</button></p>
</form>`
}`,
  })
}

/** Under which heading of the class it is to stand. */
export function sendTopics(
  res: Response,
  {
    action,
    hidden,
    courseTitle,
    topics,
  }: {
    readonly action: string
    /** Fields that go along, by name. */
    readonly hidden: Readonly<Record<string, string>>
    readonly courseTitle: string
    readonly topics: readonly Named[]
  },
): void {
  sendFramePage(res, {
    status: 200,
    title: 'Publish to Google Classroom',
    frameOrigins: ["'none'"],
    hasForm: true,
    main: html`<h1>Publish to ${courseTitle}</h1>
<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<fieldset><legend>Under which topic?</legend>
${choiceOf('topicId', { id: '', title: 'No topic' }, true)}
${topics.map((topic) => choiceOf('topicId', topic))}</fieldset>
<p><button class="button">Choose activities</button></p>
</form>`,
  })
}

interface Named {
  readonly id: string
  readonly title: string
}

function choiceOf(name: string, { id, title }: Named, isChosen = false) {
  return html`<p><label><input type="radio" name="${name}" value="${id}" required${isChosen && html` checked`}> ${title}</label></p>`
}

export function sendRefusal(
  res: Response,
  {
    status,
    message,
    requestId,
  }: {
    readonly status: number
    readonly message: string
    readonly requestId: string
  },
): void {
  sendFramePage(res, {
    status,
    title: 'The activity could not be opened',
    frameOrigins: [],
    main: html`<h1>The activity could not be opened</h1>
<p role="alert">${message}</p>
<dl><dt>Reference</dt><dd><code>${requestId}</code></dd></dl>`,
  })
}
