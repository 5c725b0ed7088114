import type { EndpointAnswer } from './session.ts'

export interface Verdict {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly why: string
  readonly fix: string | null
}

export function passed(why: string): Verdict {
  return { outcome: 'passed', why, fix: null }
}

export function failed(why: string, fix: string): Verdict {
  return { outcome: 'failed', why, fix }
}

export function skipped(why: string): Verdict {
  return { outcome: 'skipped', why, fix: null }
}

export function isAccepted({ status }: EndpointAnswer): boolean {
  return status !== null && status >= 200 && status < 300
}

export function describeAnswer({ status, problem }: EndpointAnswer): string {
  return status === null ? `no answer: ${problem ?? 'unknown'}` : `answered ${status}`
}

/** A right delivery, which must be taken. */
export function mustAccept(answer: EndpointAnswer, fix: string): Verdict {
  return isAccepted(answer) ? passed(describeAnswer(answer)) : failed(describeAnswer(answer), fix)
}

/** A delivery that nobody may believe: the answer must be a 4xx, and one that harms nothing. */
export function mustRefuse(answer: EndpointAnswer, fix: string): Verdict {
  const { status } = answer
  if (isAccepted(answer)) return failed(`answered ${status}: the forgery was believed`, fix)
  if (status === null) return skipped(describeAnswer(answer))
  if (status === 410) {
    return failed(
      'answered 410, by which a stranger could end your subscription',
      'Answer 400 or 401 to a delivery you do not believe; 410 means that the endpoint is gone for good.',
    )
  }
  if (status >= 400 && status < 500) return passed(describeAnswer(answer))
  return failed(
    describeAnswer(answer),
    'Refuse with 400 or 401 before anything else is done with the body; an error of your server looks like an outage and is retried.',
  )
}
