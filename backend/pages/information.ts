import { type Html, html } from '../core/html.ts'

export function privacy(): Html {
  return html`<h1>Privacy and transparency</h1>
    <p class="lead">What this service holds, why, and for how long.</p>
    <h2>When a student opens an activity</h2>
    <p>The LMS tells us an identifier of the student in that LMS, their role in the course and which activity was opened. We do not ask for a name or an e-mail address and keep none that the LMS sends. We keep the answers given and the score, so that the teacher can see the result, and send the score to the LMS’s gradebook.</p>
    <h2>On other web pages</h2>
    <p>A page that shows our content through a snippet tells us no identity. Answers there are kept without one.</p>
    <h2>Cookies</h2>
    <p>Staff who sign in get one session cookie. During a launch from an LMS one cookie, limited to that LMS’s pages and ten minutes, proves that the launch ends in the browser in which it began. There are no others and no trackers.</p>
    <h2>Records</h2>
    <p>Each change, and each reading of personal data, is written to an audit trail that the school can verify for itself. Logs hold no names, marks or answers.</p>`
}

export function sandbox({ demo, sandboxUrl }: { demo: boolean; sandboxUrl: string }): Html {
  if (!demo) {
    return html`<h1>Sandbox</h1><p class="lead">The sandbox is switched off on this installation. Start the server with <code>EDPSYCH_DEMO=1</code> to try things here.</p>`
  }
  return html`<h1>Sandbox</h1>
    <p class="lead">Pretend systems that speak the real protocols, for trying things without harm.</p>
    <div class="cards"><article class="card"><h2>Sample package</h2><p>A small QTI 3 package to import: four items that work and one of a kind that is not supported yet, so that you see what is said of it.</p><p><a class="button secondary" href="/sandbox/sample-package.zip" download>Download the package</a></p></article><article class="card"><h2>Simulated LMS</h2><p>A small LTI 1.3 platform with courses, a teacher, students, a gradebook and switches for faults.</p><p><a class="button" href="${sandboxUrl}/sandbox/lms/">Open the simulated LMS</a></p></article></div>`
}

export function notFound(path: string): Html {
  return html`<h1>This page does not exist</h1><p class="lead">There is nothing at <code>${path}</code>. The address may have a typing mistake, or the page was removed.</p><p><a class="button" href="/">Go to the start page</a></p>`
}
