const home = '/admin'

/** Only a page of this site may follow a sign-in; anything else leads home. */
export function nextPage(wanted: string | undefined): string {
  const isOurs =
    wanted !== undefined &&
    /^\/(admin|developers|oauth\/interaction)(\/[\w/-]*)?(\?[\w=&%.+~-]*)?$/.test(wanted)
  return isOurs ? wanted : home
}
