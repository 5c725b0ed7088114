import type { Response } from 'express'
import {
  type ApiVersion,
  apiVersions,
  isApiVersion,
  latestVersion,
  versionHeader,
} from '../../../shared/api/versions.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Gate } from '../http/definition.ts'

/** Chooses the dated version of a call: the header's, else the caller's pin, else the newest. */
export const versionGate: Gate = ({ req, ctx }, res) => {
  const wanted = req.headers[versionHeader]
  const version = wanted === undefined ? pinOf(ctx.apiVersion) : named(wanted)
  res.locals['version'] = version
  res.setHeader(versionHeader, version)
}

/** The version by which a call is answered; the newest where no gate chose. */
export function versionOf({ locals }: Pick<Response, 'locals'>): ApiVersion {
  // Set by the gate above and by nothing else.
  return (locals['version'] as ApiVersion | undefined) ?? latestVersion
}

function named(wanted: string | string[]): ApiVersion {
  if (typeof wanted === 'string' && isApiVersion(wanted)) return wanted
  throw new AppError(
    'version_unknown',
    `Send one of ${apiVersions.join(', ')} in EdPsych-Version, or leave it out`,
  )
}

function pinOf(pinned: string | undefined): ApiVersion {
  return pinned !== undefined && isApiVersion(pinned) ? pinned : latestVersion
}
