import { type Html, html } from '../core/html.ts'

/** The sign-in form; `sign-in.js` sends it. */
export function signIn(): Html {
  return html`<div class="narrow"><h1>Sign in</h1>
    <form id="sign-in" class="card stack" method="post">
      <div id="sign-in-message" role="alert"></div>
      <div class="field"><label for="email">E-mail</label><input id="email" name="email" type="email" required autocomplete="username" /></div>
      <div id="sign-in-providers" role="status" hidden></div>
      <div class="field"><label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="current-password" /></div>
      <p><button class="button">Sign in</button></p>
    </form>
    <p>Students do not sign in here: open the activity in your school’s LMS.</p>
    <noscript><p class="notice error">Signing in needs JavaScript. Please switch it on for this site.</p></noscript></div>`
}

export function admin(): Html {
  return html`<edpsych-admin></edpsych-admin><noscript><p class="notice error">The administration needs JavaScript. Please switch it on for this site.</p></noscript>`
}

export function developerConsole(): Html {
  return html`<edpsych-developer-console></edpsych-developer-console><noscript><p class="notice error">The console needs JavaScript. Please switch it on for this site. The guides and the reference do without.</p></noscript>`
}

/** The page inside an LMS's frame; `lti-app.js` exchanges the code in the address for a session. */
export function ltiApp(): Html {
  return html`<main id="app" class="lti-app"><p class="loading" role="status">Opening …</p></main><noscript><p class="notice error">This activity needs JavaScript. Please switch it on for this site.</p></noscript>`
}
