import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { access } from '../access.mjs'

async function main() {
  const { url, apiKey } = await access()
  const snippet = await makeSnippet(url, apiKey)
  const template = await readFile(new URL('page.html', import.meta.url), 'utf8')
  const page = template.replace('<!-- the snippet goes here -->', () => snippet)
  const server = createServer((req, res) => {
    if (req.url !== '/') return res.writeHead(404).end()
    return res
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        // All that the snippet needs of a strict policy.
        'content-security-policy': `default-src 'none'; style-src 'self' 'unsafe-inline'; script-src ${url}; frame-src ${url}; connect-src ${url}`,
      })
      .end(page)
  })
  server.listen(Number(process.env.PORT ?? 4102), '127.0.0.1')
  await once(server, 'listening')
  process.stdout.write(`open http://localhost:${server.address().port}/\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.closeAllConnections()
      server.close()
    })
  }
}

/** Makes an embed of the first item; the page then needs neither a key nor an account. */
async function makeSnippet(url, apiKey) {
  const call = async (path, init = {}) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.detail ?? `${path}: ${response.status}`)
    return answer
  }
  const { data } = await call('/items?limit=1')
  const item = data[0]
  if (!item) throw new Error('There is no item to show; import one first')
  const body = JSON.stringify({ kind: 'item', targetId: item.id })
  const embed = await call('/embeds', { method: 'POST', body })
  return embed.snippet
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
