import { type Html, html } from '../core/html.ts'

export function landing({ demo, sandboxUrl }: { demo: boolean; sandboxUrl: string }): Html {
  return html`<section class="hero">
      <div>
      <h1>Connect once.<br />Help where people already are.</h1>
      <p class="lead">EdPsych Connect brings educational psychology resources and assessments into your LMS, into Google Classroom and onto any web page, and sends the grade back.</p>
      <p class="actions">
        <a class="button" href="/admin">Open administration</a>
        ${demo ? html`<a class="button secondary" href="${sandboxUrl}/sandbox/lms/">Try it in a simulated LMS</a>` : ''}
      </p>
      </div>
      <img src="/assets/hero.svg" alt="" width="400" height="360" />
    </section>
    <section aria-labelledby="how">
      <h2 id="how">A first success in five minutes</h2>
      <ol class="steps">
        <li><h3>Import</h3><p>Drop a QTI 3 package on <a href="/admin/items">Items</a>. Every file is imported or listed with the reason.</p></li>
        <li><h3>Place</h3><p>Open a course of the ${demo ? html`<a href="${sandboxUrl}/sandbox/lms/">simulated LMS</a>` : 'LMS'} as a teacher and choose “Add content from a tool”.</p></li>
        <li><h3>Answer</h3><p>Switch to a student and answer inside the page. No account, no third-party cookies.</p></li>
        <li><h3>See the grade</h3><p>It is in the LMS’s gradebook. If the LMS is down, it arrives afterwards, once.</p></li>
      </ol>
    </section>
    <section aria-labelledby="who" class="cards">
      <h2 id="who">Made for</h2>
      <article class="card"><h3>Teachers</h3><p>Pick a resource in the side panel and share it to Google Classroom.</p></article>
      <article class="card"><h3>Students</h3><p>Assessments that work with a keyboard, a screen reader and a slow phone.</p></article>
      <article class="card"><h3>Site builders</h3><p>One snippet, no account for the reader.</p></article>
      <article class="card"><h3>Developers</h3><p>One API with a <a href="/developers">test key in a minute</a>, events that arrive and errors that say what to do.</p></article>
    </section>`
}
