import type { Installation } from './installation.ts'

export interface OptionDefinition {
  /** What stands for the value in the help, for example `<slug>`. */
  readonly value: string
  readonly description: string
  readonly required?: boolean
}

export interface Arguments {
  /** The one word beside the options, where the command has one. */
  readonly argument: string
  option(name: string): string | undefined
  /** An option that the definition requires; its absence was refused before. */
  required(name: string): string
}

export interface Outcome {
  /** What `--json` prints. */
  readonly result: object
  /** What people read instead. */
  readonly text: string
  /** 0 where absent; 1 when what was asked for is not so. */
  readonly exitCode?: number
}

interface Described {
  readonly summary: string
  readonly argument?: { readonly name: string; readonly description: string }
  readonly options: Readonly<Record<string, OptionDefinition>>
}

/** Works on the source: needs neither a database nor settings. */
interface SourceCommand extends Described {
  readonly withoutInstallation: true
  run(given: Arguments): Promise<Outcome>
}

interface InstallationCommand extends Described {
  readonly withoutInstallation?: undefined
  /** Brings organisations and keys itself: none are made before it. */
  readonly bringsData?: true
  run(installation: Installation, given: Arguments): Promise<Outcome>
}

export type Command = InstallationCommand | SourceCommand

/** The commands of a file by their verbs; a group with a single command has the verb ''. */
export type Group = Readonly<Record<string, Command>>

/** Words that do not fit together: answered with the help and exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const tenantOption = {
  tenant: { value: '<slug>', description: 'Short name of the organisation', required: true },
} as const satisfies Record<string, OptionDefinition>
