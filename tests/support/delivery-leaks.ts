import type { DeliveryItem } from '../../shared/qti/delivery.ts'
import { type Item, interactionsOf } from '../../shared/qti/item.ts'

const keys: ReadonlySet<string> = new Set(
  (
    'item title language body kind tag attributes children responseIdentifier cardinality prompt choices ' +
    'id content maxChoices minChoices orientation inputMode expectedLength placeholder patternMask'
  ).split(' '),
)

/**
 * Everything in a delivered item that could tell a learner the key: unknown properties, the
 * author's identifiers of choices, and answers of text entries anywhere but in the visible text.
 */
export function leaksIn(delivered: DeliveryItem, item: Item): string[] {
  const secrets = new Set([...identifiersIn(item), ...answersIn(item)])
  const found: string[] = []
  for (const { path, value } of leavesOf(delivered, 'item')) {
    const isText = /\.(title|body|children|prompt|content)$/.test(path)
    if (!isText && typeof value === 'string' && secrets.has(value)) found.push(`${path}: ${value}`)
    const unknown = path.split('.').find((name) => !keys.has(name) && !isAttributeIn(path, name))
    if (unknown !== undefined) found.push(`${path}: ${unknown} is not a property of the delivery`)
  }
  return found
}

function identifiersIn(item: Item): string[] {
  return interactionsOf(item).flatMap((one) =>
    one.kind === 'choice' ? one.choices.map(({ identifier }) => identifier) : [],
  )
}

function answersIn(item: Item): string[] {
  return item.responseDeclarations
    .filter(({ baseType }) => baseType !== 'identifier')
    .flatMap(({ correctResponse, mapping }) => [
      ...(correctResponse?.cardinality === 'single' ? [correctResponse.value] : []),
      ...(mapping?.entries.map(({ key }) => key) ?? []),
    ])
    .map(String)
}

function isAttributeIn(path: string, name: string): boolean {
  return path.endsWith(`.attributes.${name}`)
}

/** Every value that is not an object, with the names that lead to it; list indexes are left out. */
function* leavesOf(value: unknown, path: string): Generator<{ path: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) yield { path, value }
  else if (Array.isArray(value)) for (const one of value) yield* leavesOf(one, path)
  else for (const [name, one] of Object.entries(value)) yield* leavesOf(one, `${path}.${name}`)
}
