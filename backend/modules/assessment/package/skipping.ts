import { isRefusal } from '../../../../shared/qti/read-item.ts'

export interface SkippedFile {
  readonly file: string
  readonly reason: string
}

/** A reader's refusal of one file is an entry of the report; any other error goes on. */
export async function orSkip<T>(
  file: string,
  read: () => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly skipped: SkippedFile }> {
  try {
    return { value: await read() }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { skipped: { file, reason: error.message } }
  }
}
