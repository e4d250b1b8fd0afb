// `gelang replay`: a recorded track through the real ingest, over the OsmAnd way, answered point by point.
import { readFileSync } from 'node:fs'
import { INGEST_LIMITS } from '../../ingest/limits.ts'
import { readTrack, type TrackPoint } from '../../simulators/read-track.ts'
import { sendOsmand } from '../../simulators/send-osmand.ts'

type ReplayOptions = {
  as: string
  to: string
  token?: string
  speed: string
  order: 'file' | 'oldest' | 'newest'
  shift?: boolean
}

const DAY_MS = 86_400_000
const PROGRESS_EVERY_MS = 2000

/** Refused before anything is sent: ingest would answer each point and put it into quarantine. */
export class TrackRefused extends Error {
  override name = 'TrackRefused'
}

/** Sends every point and prints how many were answered; throws when one is not taken after several tries. */
export async function replayCommand(file: string, options: ReplayOptions): Promise<void> {
  const speed = Number(options.speed)
  if (!(speed >= 0)) throw new Error(`--speed must be 0 or more, not "${options.speed}"`)
  const token = options.token ?? process.env.GELANG_DEVICE_SECRET
  const { points, skipped, warnings } = readTrack(file, readFileSync(file, 'utf8'))
  for (const warning of warnings) console.error(`warning: ${warning}`)
  const track = shifted(inOrder(points, options.order), options.shift ? Date.now() : undefined)
  refuseUnbelievable(track, Date.now())
  let answered = 0
  let saidMs = Date.now()
  let before: TrackPoint | undefined
  for (const point of track) {
    if (speed > 0 && before !== undefined) await wait(Math.abs(point.timeMs - before.timeMs) / speed)
    before = point
    await sendOsmand({ url: options.to, deviceId: options.as, ...(token === undefined ? {} : { token }) }, point, wait)
    answered++
    if (Date.now() - saidMs > PROGRESS_EVERY_MS) {
      saidMs = Date.now()
      console.error(`${answered} of ${track.length} points answered`)
    }
  }
  console.log(
    JSON.stringify({
      sent: track.length,
      answered,
      skipped,
      firstTime: iso(track, 0),
      lastTime: iso(track, track.length - 1),
    }),
  )
}

function inOrder(points: TrackPoint[], order: ReplayOptions['order']): TrackPoint[] {
  if (order === 'file') return points
  const sorted = [...points].sort((a, b) => a.timeMs - b.timeMs)
  return order === 'oldest' ? sorted : sorted.reverse()
}

/** The same track with its newest point at `newestMs`. */
export function shifted(points: TrackPoint[], newestMs: number | undefined): TrackPoint[] {
  if (newestMs === undefined) return points
  const byMs = newestMs - Math.max(...points.map((point) => point.timeMs))
  return points.map((point) => ({ ...point, timeMs: point.timeMs + byMs }))
}

/** Throws TrackRefused where ingest would not believe some of the times. */
export function refuseUnbelievable(points: readonly TrackPoint[], nowMs: number): void {
  const { ancientMsMax, futureMsMax } = INGEST_LIMITS
  const old = points.filter(({ timeMs }) => timeMs < nowMs - ancientMsMax).length
  const early = points.filter(({ timeMs }) => timeMs > nowMs + futureMsMax).length
  if (old + early === 0) return
  throw new TrackRefused(
    `${old + early} of ${points.length} points lie outside the times that ingest believes (${old} more than ` +
      `${ancientMsMax / DAY_MS} days ago, ${early} in the future): nothing was sent. --shift moves the newest point to now.`,
  )
}

function iso(points: TrackPoint[], at: number): string {
  return new Date(points[at]!.timeMs).toISOString()
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
