import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import express, { type RequestHandler } from 'express'

/** The scripts, the style sheet and the drawing beside this module. */
export function assets(): RequestHandler {
  return express.static(folder(), { cacheControl: false, index: false, redirect: false })
}

/** Beside the source; the compiled copy in `dist` looks in the source tree it was built from. */
function folder(): string {
  const beside = fileURLToPath(new URL('./assets/', import.meta.url))
  if (existsSync(beside)) return beside
  return fileURLToPath(new URL('../../../../backend/sandbox/lms/assets/', import.meta.url))
}
