import type { FrameLocator } from 'playwright'

/** Two frames are drawn, and a moment goes by: what is shown is on the screen, and can be hit there. */
const twoFrames = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100)))
})`

/**
 * Resolves when a frame has drawn what it shows. Chromium drops what is pressed in a frame of another site before its
 * first picture, which no person could see to press.
 */
export async function painted(frame: FrameLocator): Promise<void> {
  await frame.locator('body').evaluate(twoFrames)
}
