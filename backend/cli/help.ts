import type { Command, Group } from './command.ts'

const start = 'npm run cli --'

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}

const everywhere = [
  ['--json', 'Print one JSON object and nothing else'],
  ['--help', 'Show this'],
] as const

export function generalHelp(summaries: Readonly<Record<string, { summary: string }>>): string {
  return [
    `Usage: ${start} <group> <verb> [options]`,
    '',
    'Works beside a running server and without one, on the database that the environment names.',
    '',
    'Groups',
    ...columns(Object.entries(summaries).map(([name, { summary }]) => [name, summary])),
    '',
    ...columns(everywhere),
    '',
  ].join('\n')
}

export function groupHelp(name: string, group: Group): string {
  const commands = Object.entries(group)
  return commands
    .map(([verb, command]) => commandHelp(`${name} ${verb}`.trim(), command))
    .join('\n')
}

export function commandHelp(words: string, { summary, argument, options }: Command): string {
  const entries = Object.entries(options)
  const flags = entries.map(([name, { value, required }]) => {
    const flag = `--${name} ${value}`
    return required ? flag : `[${flag}]`
  })
  const usage = [start, words, ...(argument ? [argument.name] : []), ...flags, '[--json]']
  return [
    summary,
    `  ${usage.join(' ')}`,
    ...columns([
      ...(argument ? [[argument.name, argument.description] as const] : []),
      ...entries.map(
        ([name, { value, description }]) => [`--${name} ${value}`, description] as const,
      ),
    ]),
    '',
  ].join('\n')
}
