/** The parts of a connection, by the last part of their address. */
export const tabs = [
  ['', 'Overview'],
  ['sync', 'Sync'],
  ['health', 'Health'],
  ['problems', 'Problems'],
  ['healing', 'Self-healing'],
  ['history', 'History'],
  ['log', 'Log'],
  ['configuration', 'Configuration'],
  ['credentials', 'Credentials'],
] as const

export type Tab = (typeof tabs)[number][0] | 'clone'

export function tabOf(text: string | undefined): Tab {
  if (text === 'clone') return 'clone'
  return tabs.find(([name]) => name === text)?.[0] ?? ''
}
