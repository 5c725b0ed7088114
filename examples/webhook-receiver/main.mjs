import { once } from 'node:events'
import { access } from '../access.mjs'
import { createReceiver } from './receiver.mjs'
import { createApi, forward, subscribe } from './subscribe.mjs'

async function main() {
  const { url, apiKey } = await access()
  const call = createApi({ url, apiKey })
  let secret = ''
  const receiver = createReceiver({
    secret: () => secret,
    onEvent: ({ id, event }) => process.stdout.write(`verified ${event.type} ${id}\n`),
  })
  receiver.listen(Number(process.env.PORT ?? 4100), '127.0.0.1')
  await once(receiver, 'listening')
  const origin = `http://localhost:${receiver.address().port}`

  const { webhook, inspector } = await subscribe(call, `${origin}/hook`)
  secret = webhook.secret
  const forwarding = inspector ? forward(call, inspector, `${origin}/hook`) : undefined
  process.stdout.write(`watching ${origin}/ (webhook ${webhook.id})\n`)
  await call('POST', `/webhooks/${webhook.id}/test`)

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      forwarding?.stop()
      receiver.closeAllConnections()
      receiver.close()
      call('DELETE', `/webhooks/${webhook.id}`).catch((error) => {
        process.stderr.write(`${error.message}\n`)
      })
    })
  }
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
