import type { z } from 'zod'
import { type ConnectorContext, ConnectorError } from '../../connector-kit/index.ts'

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

/** As `call`, for what is of use and not needed: a right that the account lacks for it is no fault of the pull. */
export async function callOptional<S extends z.ZodType>(
  ...[ctx, wsfunction, schema, parameters]: Parameters<typeof call<S>>
): Promise<z.output<S>> {
  try {
    return await call(ctx, wsfunction, schema, parameters)
  } catch (error) {
    // `nopermissions` and its like: which right it is, Moodle tells in words of the site's language alone.
    if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error
    throw new ConnectorError(
      'reauthorise',
      `The account lacks a right that ${wsfunction} asks for; the guide lists them.`,
      { code: 'forbidden', cause: error },
    )
  }
}
