import { AppError } from '../../../shared/errors.ts'
import type { Outgoing, OutgoingResponse } from '../../core/outgoing/index.ts'

/** What an identity provider says of itself at an address; a provider that does not answer is a setting to correct. */
export async function readFromProvider(
  outgoing: Pick<Outgoing, 'request'>,
  request: { readonly url: string; readonly purpose: string; readonly accept: string },
): Promise<OutgoingResponse> {
  const { url, purpose, accept } = request
  try {
    return await outgoing.request({ url, purpose, headers: { accept } })
  } catch (error) {
    if (!(error instanceof AppError && error.code.startsWith('upstream_'))) throw error
    throw new AppError(
      'sso_metadata_invalid',
      `The identity provider does not answer at ${url}: ${error.message}`,
      { cause: error },
    )
  }
}
