import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import express from 'express'
import { createLms, flavourNames, type ToolRegistration } from './index.ts'

const help = `A small simulated LMS: an LTI 1.3 platform to try tools with.

  node dist/backend/sandbox/lms/main.js [options]

  --port N             where to listen (LMS_PORT, 4000)
  --host ADDRESS       where to listen (LMS_HOST, 127.0.0.1)
  --base-url URL       the LMS as browsers see it, also its issuer (LMS_BASE_URL, http://127.0.0.1:PORT)
  --flavour NAME       moodle, canvas or blackboard (LMS_FLAVOUR, moodle)
  --issuer URL         an issuer shared with other schools (LMS_ISSUER, the base URL)
  --state-file FILE    keeps courses, grades and keys between runs (LMS_STATE_FILE, unset: in memory)
  --tool URL           origin of a tool to register at once (LMS_TOOL, unset); its addresses are
                       URL/lti, URL/lti/login, URL/lti/launch and URL/lti/jwks.
                       Any other tool is registered on the Tools page or with POST /api/tools.
  --tool-name NAME     its name (LMS_TOOL_NAME, "Tool")
  --client-id ID       its client id (LMS_CLIENT_ID, simulated-lms-tool)
  --deployment-id ID   its deployment id (LMS_DEPLOYMENT_ID, 1)
  --help

The base URL must not be on the host name of the tool, or the browser would not treat the frame as
another site: use 127.0.0.1 beside a tool on localhost. Another name, such as lms.localhost, must be
known to the tool's server as well, for it fetches keys and sends grades there.
`

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  'base-url': { type: 'string' },
  flavour: { type: 'string' },
  issuer: { type: 'string' },
  'state-file': { type: 'string' },
  tool: { type: 'string' },
  'tool-name': { type: 'string' },
  'client-id': { type: 'string' },
  'deployment-id': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

type Flag = Exclude<keyof typeof options, 'help'>

function readSettings(): ((flag: Flag, fallback: string) => string) | 'help' {
  const { values } = parseArgs({ options })
  if (values.help) return 'help'
  return (flag, fallback) => {
    const variable = `LMS_${flag.toUpperCase().replaceAll('-', '_')}`
    return values[flag] || process.env[variable] || fallback
  }
}

function toolAt(
  origin: string,
  setting: (flag: Flag, fallback: string) => string,
): ToolRegistration {
  const base = new URL(origin).origin
  return {
    name: setting('tool-name', 'Tool'),
    clientId: setting('client-id', 'simulated-lms-tool'),
    deploymentId: setting('deployment-id', '1'),
    toolUrl: `${base}/lti`,
    loginUrl: `${base}/lti/login`,
    redirectUris: [`${base}/lti/launch`],
    jwksUri: `${base}/lti/jwks`,
    deepLinkUrl: `${base}/lti`,
  }
}

async function main(): Promise<void> {
  const setting = readSettings()
  if (setting === 'help') {
    process.stdout.write(help)
    return
  }
  const port = Number(setting('port', '4000'))
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError('the port must be a number from 1 to 65535, for example --port 4000')
  }
  const baseUrl = setting('base-url', `http://127.0.0.1:${port}`)
  const stateFile = setting('state-file', '')
  const tool = setting('tool', '')
  const flavour = flavourNames.find((name) => name === setting('flavour', 'moodle'))
  if (!flavour) throw new TypeError(`the flavour must be one of ${flavourNames.join(', ')}`)
  const lms = createLms({
    baseUrl,
    flavour,
    issuer: setting('issuer', baseUrl),
    ...(stateFile === '' ? {} : { stateFile }),
    tools: tool === '' ? [] : [toolAt(tool, setting)],
    log: stderrLog,
  })
  // Mounted at the path of the base URL, as it would be inside another server.
  const server = createServer(express().use(new URL(baseUrl).pathname, lms.app))
  server.listen(port, setting('host', '127.0.0.1'))
  await once(server, 'listening')
  process.stdout.write(`Simulated LMS: ${baseUrl}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
      void lms.close()
    })
  }
}

const stderrLog = {
  info: (data: object, message: string) => write('info', data, message),
  warn: (data: object, message: string) => write('warn', data, message),
}

function write(level: string, data: object, message: string): void {
  process.stderr.write(`${JSON.stringify({ level, message, ...data })}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
