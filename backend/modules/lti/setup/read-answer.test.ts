import { describe, expect, it } from 'vitest'
import { readAnswer, wordsOf } from './read-answer.ts'

const redirectUri = 'https://tool.example/lti/launch'
const page = (text: string, status = 200) => ({ status, headers: {}, text })

describe('readAnswer', () => {
  it('finds the message in a form that submits itself to the redirect URI', () => {
    const form = `<form method="post" action='${redirectUri}'><input type="hidden" name="id_token" value="a.b.c"/><input value="s&amp;1" name="state"></form>`

    expect(readAnswer(page(form), redirectUri)).toEqual({
      kind: 'message',
      idToken: 'a.b.c',
      state: 's&1',
    })
  })

  it('takes no form that goes to another address', () => {
    const form =
      '<form action="https://evil.example/"><input name="id_token" value="a"><input name="state" value="b"></form>'

    expect(readAnswer(page(form), redirectUri).kind).toBe('page')
  })

  it('reads an error from a form and from a redirect', () => {
    const form = `<form action="${redirectUri}"><input name="error" value="login_required"><input name="error_description" value="Sign&#32;in &quot;first&quot;"></form>`
    const location = `${redirectUri}?error=unauthorized_client&state=s`

    expect(readAnswer(page(form), redirectUri)).toEqual({
      kind: 'error',
      error: 'login_required',
      description: 'Sign in "first"',
    })
    expect(readAnswer({ status: 302, headers: { location }, text: '' }, redirectUri)).toEqual({
      kind: 'error',
      error: 'unauthorized_client',
      description: '',
    })
  })

  it('knows a redirect to a sign-in page from one to the tool', () => {
    const location = 'https://lms.example/login?next=/lti'

    expect(readAnswer({ status: 303, headers: { location }, text: '' }, redirectUri)).toEqual({
      kind: 'elsewhere',
    })
  })

  it('gives the words of a page without its markup', () => {
    const html =
      '<html><head><title>x</title></head><body><script>alert(1)</script><h1>No</h1> <p>Unknown &lt;client&gt;</p></body></html>'

    expect(wordsOf(html)).toBe('No Unknown <client>')
  })
})
