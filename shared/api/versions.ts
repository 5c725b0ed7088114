/** The request header that chooses a dated version, and the answer header that names the one applied. */
export const versionHeader = 'edpsych-version'

/** Every dated version that is served, newest first. A pinned caller stays where it is. */
export const apiVersions = ['2026-11-23', '2026-11-01'] as const

export type ApiVersion = (typeof apiVersions)[number]

/** What callers get that are not pinned and name no version. */
export const latestVersion: ApiVersion = apiVersions[0]

export function isApiVersion(text: string): text is ApiVersion {
  return (apiVersions as readonly string[]).includes(text)
}
