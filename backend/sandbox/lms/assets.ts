import { fileURLToPath } from 'node:url'
import express, { type RequestHandler } from 'express'

/** The scripts, style sheets and the drawing beside this module; the build copies them along. */
export function assets(): RequestHandler {
  const folder = fileURLToPath(new URL('./assets/', import.meta.url))
  return express.static(folder, { cacheControl: false, index: false, redirect: false })
}
