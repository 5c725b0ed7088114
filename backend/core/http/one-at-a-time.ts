export type OneAtATime = <T>(key: string, task: () => Promise<T>) => Promise<T>

/** Runs the tasks of one key one after the other, in the order they came; those of other keys do not wait. */
export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>()
  return (key, task) => {
    const before = last.get(key) ?? Promise.resolve()
    const mine = before.then(task, task)
    last.set(key, mine)
    const forget = () => {
      if (last.get(key) === mine) last.delete(key)
    }
    mine.then(forget, forget)
    return mine
  }
}
