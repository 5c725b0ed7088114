import type { ReplyOf } from '../../shared/api/client.ts'
import type { Api } from '../../shared/api/index.ts'

/** One object of a list of the API. */
export type RowOf<K extends keyof Api> =
  ReplyOf<Api[K]> extends { data: (infer Row)[] } ? Row : never
