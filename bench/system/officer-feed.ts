// An officer's WebSocket, and how long reports took to arrive on it: from the moment at which a report was due at the bracelet.
import { WebSocket } from 'ws'
import type { LiveMessage } from '../../model/console/console.ts'
import { type Latencies, latencies } from '../measure/run-load.ts'
import { signIn } from './sign-in.ts'
import type { System } from './system.ts'

export type OfficerFeed = {
  /** Positions of earlier reports are not counted; before it is said, none are. */
  laterThan(timeMs: number): void
  /** Forgets what has come so far. */
  restart(): void
  figures(): Latencies & { positions: number }
  close(): void
}

const NUMBER_AT = 0
const TIME_AT = 5

/** Logs in and follows the feed. */
export async function watchFeed({ api, password }: System): Promise<OfficerFeed> {
  const baseUrl = api!.apiUrl
  const cookie = await signIn(baseUrl, password)
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/v1/live`, { headers: { cookie, origin: baseUrl } })
  let delaysMs: number[] = []
  let fromMs = Number.POSITIVE_INFINITY
  const seen = new Map<number, number>()
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage
      if (message.t === 'roster') resolve()
      if (message.t !== 'positions') return
      const nowMs = Date.now()
      for (const row of message.rows) {
        const timeMs = row[TIME_AT]
        if (timeMs < fromMs || seen.get(row[NUMBER_AT]) === timeMs) continue
        seen.set(row[NUMBER_AT], timeMs)
        delaysMs.push(nowMs - timeMs)
      }
    })
  })
  return {
    laterThan(timeMs) {
      fromMs = timeMs
    },
    restart() {
      delaysMs = []
    },
    figures: () => ({ positions: delaysMs.length, ...latencies(delaysMs) }),
    close: () => socket.close(),
  }
}
