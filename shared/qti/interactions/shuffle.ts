/**
 * Puts what may move into the given order, while fixed ones keep their places. `order` lists the
 * indexes of the movable ones among themselves.
 */
export function shuffled<Choice extends { readonly fixed: boolean }>(
  choices: readonly Choice[],
  order: readonly number[],
): Choice[] {
  const movable = choices.filter(({ fixed }) => !fixed)
  const moved = order.map((index) => movable[index])
  if (new Set(order).size !== movable.length || moved.length !== movable.length) {
    throw new TypeError(`the order of ${movable.length} choices is not a permutation of them`)
  }
  let next = 0
  return choices.map((choice) => {
    if (choice.fixed) return choice
    const replacement = moved[next]
    next += 1
    if (!replacement) throw new TypeError('the order names a choice that does not exist')
    return replacement
  })
}
