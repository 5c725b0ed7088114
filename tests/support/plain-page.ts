import { createServer } from 'node:http'

export interface PlainPage {
  readonly url: string
  readonly origin: string
  /** What the page holds inside its body. */
  body: string
  stop(): Promise<void>
}

/** Somebody's web page on another site, under a policy that lets in the widget's server and no script but its loader. */
export async function servePlainPage(widgetOrigin: string): Promise<PlainPage> {
  const policy = [
    "default-src 'none'",
    `script-src ${widgetOrigin}`,
    `frame-src ${widgetOrigin}`,
    'img-src data:',
    "style-src 'nonce-page'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const page = { body: '' }
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', policy)
    response.end(documentOf(page.body))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return Object.assign(page, {
    url: `${origin}/`,
    origin,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function documentOf(body: string): string {
  return `<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Homework for Year 8</title>
    <link rel="icon" href="data:," />
    <style nonce="page">
      body { max-width: 44rem; margin: 2.5rem auto; padding: 0 1.25rem; font: 1.1rem/1.6 Georgia, serif; }
    </style>
  </head>
  <body>
    <h1>Homework for Year 8</h1>
    <p>Read chapter four, then see what you remember. Your answers stay anonymous.</p>
    ${body}
    <p>Bring your notes on Thursday. Questions? Ask at the library desk.</p>
  </body>
</html>`
}
