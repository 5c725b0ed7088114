import { resourcesApi } from '../../../shared/api/resources.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { ContentDeps } from './deps.ts'
import { EmbedModel, EmbedVisitModel } from './embed-store.ts'
import { createEmbed, listEmbeds, readEmbed, withdrawEmbed } from './embeds.ts'
import { ResourceModel } from './resource-store.ts'
import {
  addResource,
  changeResource,
  deleteResource,
  listResources,
  readResource,
} from './resources.ts'
import { embedRouter } from './router.ts'
import { visitAuthenticator } from './visits.ts'

export { sharePageOfItem } from './embeds.ts'
export { describeResource, ensureResource, titlesOfResources } from './library.ts'

export { readResource } from './resources.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [ResourceModel, EmbedModel]

export interface ContentModule extends Module<typeof resourcesApi> {
  /** For `HttpOptions.bearer`: the tokens of embed visits. */
  readonly bearerAuthenticators: readonly BearerAuthenticator[]
}

export type ContentModuleDeps = Omit<ContentDeps, 'now'> & { readonly now?: () => Date }

/** The resource library, its embeds and their public pages (`router`). */
export function createContentModule(options: ContentModuleDeps): ContentModule {
  const now = options.now ?? (() => new Date())
  const deps: ContentDeps = { ...options, now }
  const { publicUrl } = options.settings
  const module = defineModule({
    name: 'content',
    contract: resourcesApi,
    models: [ResourceModel, EmbedModel, EmbedVisitModel],
    router: embedRouter(deps),
    handlers: {
      'GET /api/v1/resources': (ctx, { query }) => listResources(ctx, query, publicUrl),
      'POST /api/v1/resources': (ctx, { body }) => addResource(ctx, body, publicUrl),
      'GET /api/v1/resources/:id': (ctx, { params }) => readResource(ctx, params.id, publicUrl),
      'PATCH /api/v1/resources/:id': (ctx, { params, body }, { ifMatch }) =>
        changeResource(ctx, params.id, body, ifMatch, publicUrl),
      'DELETE /api/v1/resources/:id': (ctx, { params }, { ifMatch }) =>
        deleteResource(ctx, params.id, ifMatch, publicUrl),
      'GET /api/v1/embeds': (ctx, { query }) => listEmbeds(ctx, query, deps),
      'POST /api/v1/embeds': (ctx, { body }) => createEmbed(ctx, body, deps),
      'GET /api/v1/embeds/:id': (ctx, { params }) => readEmbed(ctx, params.id, deps),
      'DELETE /api/v1/embeds/:id': (ctx, { params }) => withdrawEmbed(ctx, params.id, now()),
    },
  })
  return { ...module, bearerAuthenticators: [visitAuthenticator(deps)] }
}
