import type { PlacedChoice } from '../../shared/api/lti.ts'

export type Placement = Omit<PlacedChoice, 'kind' | 'id'>

/** What the LMS takes over of a placement. */
export interface PlacementAccepted {
  readonly lineItem: boolean
  readonly targets: readonly string[]
}

/** What the form holds, as a person has typed it. */
export interface PlacementEntries {
  readonly title: string
  readonly points: string
  readonly opens: string
  readonly closes: string
  readonly due: string
  readonly inWindow: boolean
}

/** The placement that these entries ask for; what is empty is left to the LMS. Times are those of this browser's place. */
export function placementOf(entries: PlacementEntries): Placement {
  const { title, points, opens, closes, due, inWindow } = entries
  const scoreMaximum = points === '' ? undefined : Number(points)
  const [start, end, last] = [opens, closes, due].map(timeOf)
  return {
    ...(title.trim() !== '' && { title: title.trim() }),
    ...(scoreMaximum === 0 && { lineItem: null }),
    ...(scoreMaximum !== undefined && scoreMaximum > 0 && { lineItem: { scoreMaximum } }),
    ...((start || end) && {
      available: { startDateTime: start ?? null, endDateTime: end ?? null },
    }),
    ...(last && { submission: { startDateTime: start ?? null, endDateTime: last } }),
    ...(inWindow && { presentation: 'window' }),
  }
}

function timeOf(local: string): string | undefined {
  return local === '' ? undefined : new Date(local).toISOString()
}
