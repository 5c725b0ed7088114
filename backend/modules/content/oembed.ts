import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { ContentDeps } from './deps.ts'
import { findShareEmbed, openPublicEmbed } from './embeds.ts'
import { embedFrame } from './snippet.ts'

const size = z.coerce.number().int().min(100).max(10_000).optional().catch(undefined)

export const OembedQuery = z.object({
  url: z.url().max(2000),
  format: z.string().max(20).default('json'),
  maxwidth: size,
  maxheight: size,
})
export type OembedQuery = z.output<typeof OembedQuery>

const usual = { width: 720, height: 480 }
const cacheSeconds = 3600

/** oEmbed 1.0 §2.3.4.4: a `rich` answer for the address of an embed or of a shared resource. */
export async function describeOembed(
  { url, maxwidth, maxheight }: OembedQuery,
  deps: ContentDeps,
): Promise<object> {
  const { publicUrl } = deps.settings
  const embedId = await embedIdOf(url, publicUrl)
  const embed = embedId === undefined ? 'unknown' : await openPublicEmbed(embedId, deps)
  if (typeof embed === 'string') {
    throw new AppError('not_found', 'Nothing of this installation is shown at that address')
  }
  const { title, row } = embed
  const width = Math.min(usual.width, maxwidth ?? usual.width)
  const height = Math.min(usual.height, maxheight ?? usual.height)
  return {
    version: '1.0',
    type: 'rich',
    title,
    provider_name: 'EdPsych Connect',
    provider_url: publicUrl,
    cache_age: cacheSeconds,
    width,
    height,
    html: embedFrame(publicUrl, row._id, { title, width, height }),
  }
}

async function embedIdOf(address: string, publicUrl: string): Promise<string | undefined> {
  const { origin, pathname } = new URL(address)
  if (origin !== publicUrl) return undefined
  const [, embedId] = /^\/embed\/v1\/view\/(\w{1,64})\/?$/.exec(pathname) ?? []
  if (embedId !== undefined) return embedId
  const [, resourceId] = /^\/r\/(\w{1,64})\/?$/.exec(pathname) ?? []
  return resourceId === undefined ? undefined : (await findShareEmbed(resourceId))?._id
}
