import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import { asset } from './visit.ts'

/** An empty page that keeps data for the tools beside it. */
export function storageFramePage(lms: Lms): Html {
  return html`<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Data of tools</title>
<script type="module" src="${asset(lms, 'storage-frame.js')}"></script></head>
<body></body>
</html>`
}
