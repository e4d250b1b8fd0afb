// What a page's frames cost, measured in the page: the time from one frame to the next, and what of it the page's own code takes.
import type { Page } from 'playwright-core'

export type Frames = {
  /** Milliseconds from each animation frame to the next. */
  frameMs: number[]
  /** In each of them: the page's own callbacks of the frame, which is where the map paints. */
  paintMs: number[]
  /** And in the messages of its WebSocket. */
  messageMs: number[]
  messages: number
}

type Watched = Window & { framesWatched?: { since: Frames; restart(): void } }

/** Before the page is opened. */
export async function watchFrames(page: Page): Promise<void> {
  // tsx has functions keep their names by one of its own, which the page does not have.
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.addInitScript(() => {
    const nextFrame = window.requestAnimationFrame.bind(window)
    const none = (): Frames => ({ frameMs: [], paintMs: [], messageMs: [], messages: 0 })
    const watched = {
      since: none(),
      restart() {
        watched.since = none()
      },
    }
    ;(window as Watched).framesWatched = watched
    let [lastMs, paintMs, messageMs] = [performance.now(), 0, 0]
    window.requestAnimationFrame = (callback) =>
      nextFrame((time) => {
        const beganMs = performance.now()
        callback(time)
        paintMs += performance.now() - beganMs
      })
    const frame = (): void => {
      const nowMs = performance.now()
      watched.since.frameMs.push(nowMs - lastMs)
      watched.since.paintMs.push(paintMs)
      watched.since.messageMs.push(messageMs)
      lastMs = nowMs
      paintMs = messageMs = 0
      nextFrame(frame)
    }
    nextFrame(frame)
    window.WebSocket = class extends WebSocket {
      override set onmessage(listener: WebSocket['onmessage']) {
        super.onmessage =
          listener &&
          ((event) => {
            const beganMs = performance.now()
            listener.call(this, event)
            messageMs += performance.now() - beganMs
            watched.since.messages++
          })
      }
    }
  })
}

/** Forgets the frames so far. */
export async function restartFrames(page: Page): Promise<void> {
  await page.evaluate(() => (window as Watched).framesWatched!.restart())
}

export function framesSince(page: Page): Promise<Frames> {
  return page.evaluate(() => (window as Watched).framesWatched!.since)
}
