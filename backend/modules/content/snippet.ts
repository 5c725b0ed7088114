import { html } from '../../core/html.ts'

export function embedPageUrl(publicUrl: string, embedId: string): string {
  return `${publicUrl}/embed/v1/view/${embedId}`
}

/** HTML to paste: a plain link that the loader turns into the content. Without script the link remains. */
export function embedSnippet(publicUrl: string, embedId: string, title: string): string {
  const page = embedPageUrl(publicUrl, embedId)
  return html`<script async src="${publicUrl}/embed/v1/loader.js"></script>
<edpsych-embed src="${page}"><a href="${page}">${title}</a></edpsych-embed>`.markup
}

/** The frame for sites that take no script from others (oEmbed). */
export function embedFrame(
  publicUrl: string,
  embedId: string,
  frame: { readonly title: string; readonly width: number; readonly height: number },
): string {
  return html`<iframe src="${embedPageUrl(publicUrl, embedId)}" title="${frame.title}" width="${frame.width}" height="${frame.height}" loading="lazy" referrerpolicy="strict-origin-when-cross-origin" sandbox="allow-scripts allow-same-origin allow-forms allow-popups" allow="fullscreen" style="border:0"></iframe>`
    .markup
}
