import { ApiError } from '../../shared/api/client.ts'

/** Posts to an address of this site that stands outside the API's contract; refusals are `ApiError`s. */
export async function postJson(path: string, body: object, send: typeof fetch): Promise<unknown> {
  const response = await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
  })
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  const payload: unknown = isJson ? await response.json() : {}
  // Every refusal is a problem document; its fields are optional.
  if (!response.ok) throw new ApiError(response.status, payload as object)
  return payload
}
