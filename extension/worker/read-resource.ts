import type { ContentBlock } from '../../shared/api/resources.ts'
import { isRecord, type LibraryResource, type ResourcePage } from '../messages.ts'

/** Reads a page of resources as the server sent it; what is not a shareable resource is left out. */
export function readResourcePage(value: unknown): ResourcePage {
  const { data, nextCursor } = isRecord(value) ? value : {}
  return {
    data: listOf(data, readResource),
    nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
  }
}

function readResource(value: unknown): LibraryResource | undefined {
  if (!isRecord(value)) return undefined
  const license = isRecord(value['license']) ? value['license'] : {}
  const [id, name] = [textOf(value['id']), textOf(value['name'])]
  const shareUrl = webAddressOf(value['shareUrl'])
  if (!id || !name || !shareUrl) return undefined
  return {
    id,
    name,
    description: textOf(value['description']),
    kind: textOf(value['learningResourceType']),
    educationalLevel: textOf(value['educationalLevel']) || null,
    about: listOf(value['about'], (subject) => textOf(subject) || undefined),
    timeRequiredMinutes: numberOf(value['timeRequiredMinutes']),
    content: listOf(value['content'], readBlock),
    license: { name: textOf(license['name']), url: webAddressOf(license['url']) },
    attribution: textOf(value['attribution']),
    language: textOf(value['inLanguage']),
    shareUrl,
  }
}

function readBlock(value: unknown): ContentBlock | undefined {
  if (!isRecord(value)) return undefined
  const { type, text, ordered, entries } = value
  if (type === 'heading' || type === 'paragraph') return { type, text: textOf(text) }
  if (type !== 'list') return undefined
  return {
    type,
    ordered: ordered === true,
    entries: listOf(entries, (entry) => textOf(entry) || undefined),
  }
}

function listOf<T>(value: unknown, read: (entry: unknown) => T | undefined): T[] {
  const entries: unknown[] = Array.isArray(value) ? value : []
  return entries.flatMap((entry) => read(entry) ?? [])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Links are followed by people: nothing but a web address may come out. */
function webAddressOf(value: unknown): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return null
  const { protocol, href } = new URL(value)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}
