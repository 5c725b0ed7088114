interface Group {
  readonly memberSourcedIds: readonly string[]
}

type Content = Readonly<Record<string, unknown>>

function groupsOf(content: Content): readonly Group[] {
  // Classes are written with groups of this shape only.
  return (content['groups'] as readonly Group[] | undefined) ?? []
}

/** Whom the groups of a class name. */
export function membersOf(content: Content): string[] {
  return groupsOf(content).flatMap(({ memberSourcedIds }) => memberSourcedIds)
}

/** The class with the members of its groups under other names, where there are any. */
export function renamed<T extends Content>(content: T, names: ReadonlyMap<string, string>): T {
  const groups = groupsOf(content)
  if (groups.length === 0) return content
  const after = groups.map((group) => ({
    ...group,
    memberSourcedIds: group.memberSourcedIds.map((id) => names.get(id) ?? id),
  }))
  return { ...content, groups: after }
}
