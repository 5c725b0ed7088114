import type { Request } from 'express'

/** Numbers, or strings where the client asked for them: JavaScript cannot hold Canvas's large ids. */
export function idFor(req: Request): (id: number) => number | string {
  const asStrings = req.get('accept')?.includes('canvas-string-ids') === true
  return (id) => (asStrings ? String(id) : id)
}
