import { type DestinationStream, type Logger, pino } from 'pino'
import { redact, redactText } from './redaction.ts'

export type { Logger } from 'pino'

export interface LoggerOptions {
  readonly level: string
  /** Standard output where absent. */
  readonly destination?: DestinationStream
}

/** JSON lines without secrets and personal data: known names and recognisable texts are redacted at any depth. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      // The redacted copy of an object is an object, which `redact`'s type cannot say.
      log: (data) => redact(data) as Record<string, unknown>,
    },
    serializers: { err: (error) => redact(error) },
    hooks: {
      logMethod(args, method) {
        // pino would repeat the message of a lone error outside `err`, where no formatter sees it.
        const [first, ...rest]: unknown[] = args
        const all = first instanceof Error && rest.length === 0 ? [first, 'error'] : args
        const clean = all.map((item: unknown) =>
          typeof item === 'string' ? redactText(item) : item,
        )
        // Only texts were replaced by texts.
        method.apply(this, clean as typeof args)
      },
    },
  }
  return redactChildren(destination === undefined ? pino(options) : pino(options, destination))
}

/** pino passes a child's bindings to no formatter that the parent was given. */
function redactChildren(log: Logger): Logger {
  const original = log.child
  log.child = function child(this: Logger, bindings: object, ...options: unknown[]) {
    return Reflect.apply(original, this, [redact(bindings), ...options])
  }
  return log
}
