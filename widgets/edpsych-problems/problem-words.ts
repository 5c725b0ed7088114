/** Who has to act, as the person reads it. */
export const ownerNames: Readonly<Record<string, string>> = {
  school: 'Your school',
  trust: 'The trust or authority',
  vendor: 'The other system’s vendor',
  us: 'EdPsych Connect',
}

export function ownerName(owner: string): string {
  return ownerNames[owner] ?? owner
}
