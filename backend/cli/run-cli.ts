import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import { ConfigError, readConfig } from '../config.ts'
import { createLogger, type Logger } from '../core/logging.ts'
import { type Arguments, type Command, type Group, type Outcome, UsageError } from './command.ts'
import { groups } from './groups.ts'
import { commandHelp, generalHelp, groupHelp } from './help.ts'
import { openInstallation } from './installation.ts'

export interface CliProcess {
  readonly env: NodeJS.ProcessEnv
  readonly version: string
  out(text: string): void
  err(text: string): void
}

/** Runs one command; answers the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function runCli(argv: readonly string[], io: CliProcess): Promise<number> {
  const isJson = argv.includes('--json')
  const words = argv.filter((word) => word !== '--json')
  let help = generalHelp(groups)
  try {
    const [name = '', ...rest] = words
    const group = await ownEntry(groups, name)?.load()
    if (!group) return answerNoGroup(name, help, io)
    help = groupHelp(name, group)
    if (rest[0] === '--help') {
      io.out(help)
      return 0
    }
    const { command, verb, given } = selectCommand(group, rest)
    help = commandHelp(`${name} ${verb}`.trim(), command)
    if (given.includes('--help')) {
      io.out(help)
      return 0
    }
    const args = parseArguments(command, given)
    const outcome = await runCommand(command, args, io)
    io.out(isJson ? `${JSON.stringify(outcome.result)}\n` : `${outcome.text}\n`)
    return outcome.exitCode ?? 0
  } catch (error) {
    return answerError(error, help, isJson, io)
  }
}

function answerNoGroup(name: string, help: string, io: CliProcess): number {
  if (name === '--help' || name === 'help') {
    io.out(help)
    return 0
  }
  throw new UsageError(name === '' ? 'Say what to do' : `There is no group ${name}`)
}

function selectCommand(group: Group, words: readonly string[]) {
  // The longest verb first: `keys rotate` before `keys`.
  for (let length = 2; length >= 0; length--) {
    const verb = words.slice(0, length).join(' ')
    const command = ownEntry(group, verb)
    if (command) return { command, verb, given: words.slice(length) }
  }
  throw new UsageError(
    words.length === 0 ? 'Say what to do' : `There is no ${words.join(' ')} here`,
  )
}

/** What is typed must not reach what every object inherits, such as `constructor`. */
function ownEntry<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}

function parseArguments(command: Command, given: readonly string[]): Arguments {
  const { values, positionals } = parseWords(command, given)
  const option = (name: string) => values[name]
  for (const [name, { required, value }] of Object.entries(command.options)) {
    if (required && option(name) === undefined)
      throw new UsageError(`--${name} ${value} is missing`)
  }
  const [argument, ...surplus] = positionals
  if (command.argument && argument === undefined) {
    throw new UsageError(`${command.argument.name} is missing`)
  }
  if (surplus.length > 0 || (argument !== undefined && !command.argument)) {
    throw new UsageError(`${surplus[0] ?? argument} is too much`)
  }
  return {
    argument: argument ?? '',
    option,
    required: (name) => option(name) ?? '',
  }
}

function parseWords(command: Command, given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.keys(command.options).map((name) => [name, { type: 'string' } as const]),
      ),
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

async function runCommand(command: Command, given: Arguments, io: CliProcess): Promise<Outcome> {
  if (command.withoutInstallation) return await command.run(given)
  const config = readConfig(io.env, io.version)
  const installation = await openInstallation({
    config,
    log: cliLogger(config.logLevel, io),
    structureOnly: command.bringsData === true,
  })
  try {
    return await command.run(installation, given)
  } finally {
    await installation.close()
  }
}

/** Standard output is for the answer alone; what is normal for a server is noise here. */
function cliLogger(level: string, io: CliProcess): Logger {
  const destination = { write: (line: string) => io.err(line) }
  return createLogger({ level: level === 'info' ? 'warn' : level, destination })
}

function answerError(error: unknown, help: string, isJson: boolean, io: CliProcess): number {
  const isUsage = error instanceof UsageError
  const { code, message } = describeError(error)
  if (isJson) io.out(`${JSON.stringify({ error: { code, message } })}\n`)
  else io.err(`${message}\n`)
  if (isUsage) io.err(`\n${help}\n`)
  return isUsage ? 2 : 1
}

function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof UsageError) return { code: 'usage', message: error.message }
  if (error instanceof AppError) return { code: error.code, message: error.message }
  if (error instanceof ConfigError) return { code: 'invalid_configuration', message: error.message }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
