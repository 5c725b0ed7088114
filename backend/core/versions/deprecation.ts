import type { Deprecation } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Gate } from '../http/definition.ts'

/** RFC 9745 and RFC 8594: the announced end of an operation, as every answer of it says. */
export function deprecationHeaders(
  { since, sunset, successor }: Deprecation,
  publicUrl: string,
): { readonly deprecation: string; readonly sunset: string; readonly link: string } {
  const policy = `${publicUrl}/developers/guides/versions`
  const [, path = ''] = successor.split(' ')
  return {
    deprecation: `@${Date.parse(since) / 1000}`,
    sunset: new Date(sunset).toUTCString(),
    link: [
      `<${policy}>; rel="deprecation"; type="text/html"`,
      `<${policy}>; rel="sunset"; type="text/html"`,
      `<${publicUrl}${path.replace(/:(\w+)/g, '{$1}')}>; rel="successor-version"`,
    ].join(', '),
  }
}

/** Says on every call of a deprecated operation that it will end, and refuses it when it has. */
export function createDeprecationGate({
  publicUrl,
  now,
}: {
  readonly publicUrl: string
  readonly now: () => Date
}): Gate {
  return ({ route: { deprecated } }, res) => {
    if (!deprecated) return
    const { link, ...headers } = deprecationHeaders(deprecated, publicUrl)
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    res.append('link', link)
    refuseEnded(deprecated, now().getTime())
  }
}

function refuseEnded({ sunset, successor, brownOuts = [] }: Deprecation, at: number): void {
  if (at >= Date.parse(sunset)) {
    throw new AppError('operation_sunset', `This operation has ended; call ${successor} instead`)
  }
  const brownOut = brownOuts.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to))
  if (brownOut) {
    throw new AppError(
      'brown_out',
      `This operation ends on ${sunset.slice(0, 10)} and is refused until ${brownOut.to} so that its callers notice; call ${successor} instead`,
      { retryAfterSeconds: Math.ceil((Date.parse(brownOut.to) - at) / 1000) },
    )
  }
}
