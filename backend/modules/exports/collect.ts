import type { CartridgeBody, CartridgeExport } from '../../../shared/api/exports.ts'
import { AppError } from '../../../shared/errors.ts'
import { launchUrl } from '../../../shared/lti.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { Entry, Folder } from './cartridge.ts'
import type { ExportsDeps } from './deps.ts'
import { resourcePage } from './resource-page.ts'

type Choice = CartridgeBody['choices'][number]
type Skipped = CartridgeExport['skipped'][number]

export interface Collected {
  readonly parts: readonly (Entry | Folder)[]
  readonly skipped: readonly Skipped[]
}

/** What a selection is made of today; what is gone since, or was withdrawn, is named with the reason. */
export async function collect(
  deps: ExportsDeps,
  ctx: TenantContext,
  { choices, assessmentsAs }: Pick<CartridgeBody, 'choices' | 'assessmentsAs'>,
): Promise<Collected> {
  const parts: (Entry | Folder)[] = []
  const skipped: Skipped[] = []

  async function entryOf(choice: Choice): Promise<Entry | undefined> {
    try {
      return choice.kind === 'item'
        ? await itemEntry(deps, ctx, choice.id, assessmentsAs)
        : await resourceEntry(deps, ctx, choice.id)
    } catch (error) {
      skipped.push({ ...choice, reason: reasonOf(error) })
      return undefined
    }
  }

  for (const choice of choices) {
    if (choice.kind === 'path') {
      const folder = await folderOf(deps, ctx, choice.id, entryOf).catch((error: unknown) => {
        skipped.push({ ...choice, reason: reasonOf(error) })
        return undefined
      })
      if (folder && folder.entries.length > 0) parts.push(folder)
    } else {
      const entry = await entryOf(choice)
      if (entry) parts.push(entry)
    }
  }
  return { parts, skipped }
}

async function folderOf(
  deps: ExportsDeps,
  ctx: TenantContext,
  id: string,
  entryOf: (choice: Choice) => Promise<Entry | undefined>,
): Promise<Folder> {
  const { title, steps } = await deps.describePath(ctx, id)
  const entries: Entry[] = []
  for (const { kind, targetId } of steps) {
    const entry = await entryOf({ kind, id: targetId })
    if (entry) entries.push(entry)
  }
  return { title, entries }
}

async function itemEntry(
  deps: ExportsDeps,
  ctx: TenantContext,
  id: string,
  as: CartridgeBody['assessmentsAs'],
): Promise<Entry> {
  const { title } = await deps.describeItem(ctx, id)
  if (as === 'lti') {
    const url = launchUrl(deps.settings.publicUrl, 'item', id)
    return { title, target: { kind: 'lti', url, description: '' } }
  }
  const url = await deps.sharePage(ctx, id)
  if (url === null) throw new AppError('not_found', 'Its public page was withdrawn')
  return { title, target: { kind: 'weblink', url } }
}

async function resourceEntry(deps: ExportsDeps, ctx: TenantContext, id: string): Promise<Entry> {
  const resource = await deps.readResource(ctx, id)
  const { name: title, url, content } = resource
  return content.length === 0 && url !== null
    ? { title, target: { kind: 'weblink', url } }
    : { title, target: { kind: 'page', page: resourcePage(resource) } }
}

/** Only what is missing is a reason to leave it out. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'not_found') return error.message
  throw error
}
