import type { ApiDocument } from './api-document.ts'
import type { Guide } from './content.ts'
import type { NavigationGroup } from './page.ts'
import { addressOfTag } from './reference-pages.ts'

/** The side navigation: the same on every page. */
export function navigationGroups(
  api: ApiDocument,
  guides: readonly Guide[],
  connectors: readonly Guide[],
): NavigationGroup[] {
  return [
    {
      title: 'Start',
      links: [
        { href: '/developers', label: 'Getting started' },
        { href: '/developers/console', label: 'Console' },
        { href: '/sandbox', label: 'Sandbox' },
      ],
    },
    { title: 'Guides', links: linksTo(guides) },
    { title: 'Connecting systems', links: linksTo(connectors) },
    {
      title: 'API reference',
      links: [
        { href: '/developers/reference', label: 'All operations' },
        ...api.tags.map((tag) => ({ href: addressOfTag(tag), label: tag.title })),
      ],
    },
    {
      title: 'Lists',
      links: [
        { href: '/developers/events', label: 'Events' },
        { href: '/developers/scopes', label: 'Rights (scopes)' },
        { href: '/developers/errors', label: 'Errors' },
        { href: '/developers/changelog', label: 'Changelog' },
        { href: '/status', label: 'Status' },
      ],
    },
  ].filter(({ links }) => links.length > 0)
}

const linksTo = (guides: readonly Guide[]) =>
  guides.map(({ path, title }) => ({ href: path, label: title }))
