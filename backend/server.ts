import { AppError } from '../shared/errors.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { createLogger, type Logger } from './core/logging.ts'
import { type RunningServer, startServer } from './start.ts'
import { readVersion } from './version.ts'

const config = readConfigOrExit()
const log = createLogger({ level: config.logLevel })

let server: RunningServer | undefined
let isStopping = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    void stop(0)
  })
}
process.on('unhandledRejection', (error) => {
  log.fatal({ err: error }, 'unhandled rejection')
  void stop(1)
})

try {
  server = await startServer(config, log)
  server.database.onFailure((error) => {
    process.stderr.write(`${error.message}\n`)
    void stop(1)
  })
  if (isStopping) await stop(0)
  else process.stdout.write(welcome(config, server))
} catch (error) {
  process.stderr.write(`${sentenceOf(error, log)}\n`)
  process.exit(1)
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env, readVersion())
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function sentenceOf(error: unknown, logger: Logger): string {
  if (error instanceof AppError) return error.message
  logger.fatal({ err: error }, 'the server could not start')
  return 'The server could not start; the log line above says why'
}

async function stop(code: number): Promise<void> {
  if (isStopping && server === undefined) return
  isStopping = true
  if (!server) return
  try {
    await server.stop()
    process.exit(code)
  } catch (error) {
    log.error({ err: error }, 'the server did not stop cleanly')
    process.exit(1)
  }
}

function welcome({ settings, demo, sandboxUrl }: Config, { accounts }: RunningServer): string {
  const made = accounts.filter(({ password }) => password !== null)
  const lines = [
    '',
    `  EdPsych Connect ${settings.version} is ready`,
    '',
    `  Start page       ${settings.publicUrl}`,
    `  Administration   ${settings.publicUrl}/admin`,
    ...(demo ? [`  Simulated LMS    ${sandboxUrl}/sandbox/lms/`] : []),
    `  API description  ${settings.publicUrl}/api/v1/openapi.json`,
    '',
    ...(made.length > 0
      ? [
          '  Sign in with (shown this once; keep it):',
          ...made.map(
            ({ email, password, label }) =>
              `    ${email.padEnd(30)} ${String(password).padEnd(26)} ${label}`,
          ),
          '',
        ]
      : [
          '  Sign in with the accounts that were shown at the first start.',
          '  Lost a password? npm run cli -- admin reset-password --email <address>',
          '',
        ]),
  ]
  return `${lines.join('\n')}\n`
}
