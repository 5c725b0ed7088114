const wellFormed = /^[A-Z0-9]{8}$/

/** The code as the server shows it (`ABCD-EFGH`), or undefined where it cannot be one. */
export function readPairingCode(typed: string): string | undefined {
  const letters = lettersOf(typed)
  return wellFormed.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined
}

/** What to show while a code is being typed: capitals, and the dash in its place. */
export function formatWhileTyping(typed: string): string {
  const letters = lettersOf(typed).slice(0, 8)
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters
}

function lettersOf(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
}
