import { AppError } from '../shared/errors.ts'
import { dashboards } from '../shared/lti.ts'
import { describeItem, describeItems } from './modules/assessment/index.ts'
import { describeResource } from './modules/content/index.ts'
import type { TargetCatalogue } from './modules/lti/index.ts'
import { describePath } from './modules/paths/index.ts'

/** What links in courses can open, put together from the modules that hold it. */
export function createTargetCatalogue(): TargetCatalogue {
  return {
    async describe(ctx, kind, id) {
      switch (kind) {
        case 'item':
          return describeItem(ctx, id)
        case 'resource':
          return describeResource(ctx, id)
        case 'path': {
          const { title, text } = await describePath(ctx, id)
          return { title, text }
        }
        case 'dashboard': {
          const title = Object.entries(dashboards).find(([known]) => known === id)?.[1]
          return title === undefined ? undefined : { title }
        }
      }
    },
    async stepsOf(ctx, pathId) {
      try {
        return (await describePath(ctx, pathId)).steps.map(({ targetId }) => targetId)
      } catch (error) {
        // A link outlives its path; its page says that it is gone.
        if (error instanceof AppError && error.code === 'not_found') return []
        throw error
      }
    },
    async titlesOf(ctx, itemIds) {
      const items = await describeItems(ctx, itemIds)
      return new Map([...items].map(([id, { title }]) => [id, title]))
    },
  }
}
