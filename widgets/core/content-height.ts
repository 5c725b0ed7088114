/** Tells the height that the content of a framed page needs, now and whenever it changes. */
export function watchHeight(content: HTMLElement, tell: (height: number) => void): () => void {
  let last = 0
  const observer = new ResizeObserver(() => {
    const { top, height } = content.getBoundingClientRect()
    const needed = Math.ceil(top + scrollY + height)
    if (needed === last) return
    last = needed
    tell(needed)
  })
  observer.observe(content)
  return () => observer.disconnect()
}
