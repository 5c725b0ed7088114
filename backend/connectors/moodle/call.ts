import type { z } from 'zod'
import type { ConnectorContext } from '../../connector-kit/index.ts'

export type MoodleContext = ConnectorContext<
  { readonly url: string; readonly structure: boolean },
  { readonly token: string }
>

/** Calls a web service function that only reads; the token goes in the body, where no log of addresses sees it. */
export function call<S extends z.ZodType>(
  ctx: MoodleContext,
  wsfunction: string,
  schema: S,
  parameters: Readonly<Record<string, string | number>> = {},
): Promise<z.output<S>> {
  return ctx.http.post('webservice/rest/server.php', schema, {
    form: {
      wstoken: ctx.credentials.token,
      wsfunction,
      moodlewsrestformat: 'json',
      ...parameters,
    },
    idempotent: true,
  })
}
