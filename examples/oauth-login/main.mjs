import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { access } from '../access.mjs'
import { begin, discover, redeem, refresh, resourceOf, revoke } from './oauth.mjs'

const scope = 'items.read'
/** What each browser is in the middle of; a real application keeps it in its database. */
const visits = new Map()

async function main() {
  const { url, apiKey, session } = await access()
  const server = createServer((req, res) => {
    answer(req, res).catch((error) => {
      process.stderr.write(`${error.message}\n`)
      if (!res.headersSent)
        send(res, `<h1>That did not work</h1><p>${asText(error.message)}</p>`, 400)
    })
  })
  server.listen(Number(process.env.PORT ?? 4101), '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${server.address().port}`
  const redirectUri = `${origin}/callback`
  const [authorization, resource] = await Promise.all([discover(url), resourceOf(url)])
  const client = await register(url, apiKey, redirectUri)
  process.stdout.write(`open ${origin}/\n`)

  const routes = {
    'GET /': async (visit, res) => send(res, await home(visit)),
    'GET /login': async (visit, res) => {
      visit.begun = begin(authorization, client, { redirectUri, scope, resource })
      // On this machine alone: cookies know no ports, so the browser is then the developer of the sandbox.
      if (session) res.appendHeader('set-cookie', session)
      go(res, visit.begun.address)
    },
    'GET /callback': async (visit, res, given) => {
      const { begun } = visit
      visit.begun = undefined
      visit.tokens = await redeem(authorization, client, { begun, given, redirectUri, resource })
      go(res, '/')
    },
    'POST /refresh': async (visit, res) => {
      visit.tokens = await refresh(authorization, client, visit.tokens?.refresh_token)
      go(res, '/')
    },
    'POST /logout': async (visit, res) => {
      const token = visit.tokens?.refresh_token
      if (token) await revoke(authorization, client, token)
      visit.tokens = undefined
      go(res, '/')
    },
  }

  async function answer(req, res) {
    const { pathname, searchParams } = new URL(req.url, origin)
    const route = routes[`${req.method} ${pathname}`]
    if (route) await route(visitOf(req, res), res, searchParams)
    else send(res, '<h1>Not here</h1>', 404)
  }

  async function home({ tokens }) {
    if (!tokens)
      return '<h1>Your application</h1><p><a href="/login">Sign in with EdPsych Connect</a></p>'
    const response = await fetch(`${url}/api/v1/items?limit=5`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    if (!response.ok)
      return `<h1>Signed in</h1><p>The API answered ${response.status}.</p>${buttons}`
    const { data } = await response.json()
    const list = data.map(({ title }) => `<li>${asText(title)}</li>`).join('')
    return `<h1>Signed in</h1><p>You share: ${asText(tokens.scope ?? scope)}</p><h2>Items</h2><ul>${list}</ul>${buttons}`
  }

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.closeAllConnections()
      server.close()
    })
  }
}

const buttons = `
<form method="post" action="/refresh"><button>Get fresh tokens</button></form>
<form method="post" action="/logout"><button>Sign out</button></form>`

/** Registers this application, or uses one that is registered. */
async function register(url, apiKey, redirectUri) {
  const { EDPSYCH_CLIENT_ID: id, EDPSYCH_CLIENT_SECRET: secret } = process.env
  if (id && secret) return { id, secret }
  const response = await fetch(`${url}/api/v1/oauth-clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Sample application',
      contact: 'developer@example.org',
      purpose: 'Shows the titles of your items, to demonstrate signing in.',
      redirectUris: [redirectUri],
      scopes: [scope],
    }),
  })
  const made = await response.json()
  if (!response.ok)
    throw new Error(made.detail ?? `No application was registered: ${response.status}`)
  return { id: made.id, secret: made.clientSecret }
}

function visitOf(req, res) {
  const known = /(?:^|; )sample_visit=([\w-]{43})/.exec(req.headers.cookie ?? '')?.[1]
  if (known && visits.has(known)) return visits.get(known)
  const id = randomBytes(32).toString('base64url')
  res.appendHeader('set-cookie', `sample_visit=${id}; HttpOnly; SameSite=Lax; Path=/`)
  visits.set(id, {})
  return visits.get(id)
}

function go(res, location) {
  res.writeHead(303, { location }).end()
}

function send(res, body, status = 200) {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
  })
  res.end(`<!doctype html><html lang="en"><title>Sample application</title>${body}</html>`)
}

function asText(text) {
  return String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
