// A phone or bracelet with the OsmAnd way: one report a request, the same one again until it is answered with 2xx.
import type { DeviceReport } from '../model/report/report.ts'

type OsmandTarget = {
  url: string
  deviceId: string
  token?: string /** Longest pause between tries. */
  retryMsMax?: number
}

type Sendable = Pick<DeviceReport, 'timeMs'> & Partial<DeviceReport>

const MPS_PER_KNOT = 0.514444
const FIRST_RETRY_MS = 500
const RETRY_MS_MAX = 10_000
const TRIES_MAX = 60
/** A device that is not answered by then asks again. */
const ANSWER_MS_MAX = 15_000

class NotTaken extends Error {
  override name = 'NotTaken'
}

/** Form-encodes a report as the clients do: knots, seconds or milliseconds, percent. */
export function encodeOsmand(deviceId: string, report: Sendable): URLSearchParams {
  const form = new URLSearchParams({ id: deviceId, timestamp: String(report.timeMs) })
  // Below 2³¹ a number means seconds; such a time (before 1970-01-26 in ms) goes as ISO text.
  if (report.timeMs < 2 ** 31) form.set('timestamp', new Date(report.timeMs).toISOString())
  if (report.latDeg !== undefined && report.lonDeg !== undefined) {
    form.set('lat', String(report.latDeg))
    form.set('lon', String(report.lonDeg))
  }
  if (report.fixValid === false) form.set('valid', 'false')
  if (report.speedMps !== undefined) form.set('speed', (report.speedMps / MPS_PER_KNOT).toFixed(3))
  if (report.courseDeg !== undefined) form.set('bearing', String(report.courseDeg))
  if (report.altitudeM !== undefined) form.set('altitude', String(report.altitudeM))
  if (report.accuracyM !== undefined) form.set('accuracy', String(report.accuracyM))
  if (report.batteryPercent !== undefined) form.set('batt', String(report.batteryPercent))
  if (report.charging !== undefined) form.set('charge', String(report.charging))
  if (report.strap !== undefined) form.set('strap', report.strap)
  if (report.case !== undefined) form.set('case', report.case)
  if (report.mock) form.set('mock', 'true')
  for (const alarm of report.alarms ?? []) form.append('alarm', alarm)
  return form
}

/** Sends until 2xx. Throws NotTaken on a refusal that trying again cannot mend (4xx but 408 and 429), or after 60 tries. */
export async function sendOsmand(
  target: OsmandTarget,
  report: Sendable,
  wait: (ms: number) => Promise<void>,
  given?: AbortSignal,
): Promise<void> {
  const body = encodeOsmand(target.deviceId, report)
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (target.token !== undefined) headers.authorization = `Bearer ${target.token}`
  let retryMs = FIRST_RETRY_MS
  for (let tries = 1; ; tries++) {
    const patience = AbortSignal.timeout(ANSWER_MS_MAX)
    const signal = given === undefined ? patience : AbortSignal.any([given, patience])
    const status = await fetch(target.url, { method: 'POST', body, headers, signal }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      (error: unknown) => {
        // The connection failed, or no answer came in time: the report stays in the device and goes again.
        if (error instanceof TypeError || patience.aborted) return 0
        throw error
      },
    )
    if (status >= 200 && status < 300) return
    if (status >= 400 && status < 500 && status !== 408 && status !== 429)
      throw new NotTaken(`device ${target.deviceId}: the server answered ${status}`)
    if (tries >= TRIES_MAX) throw new NotTaken(`device ${target.deviceId}: no positive answer after ${tries} tries`)
    await wait(retryMs)
    retryMs = Math.min(target.retryMsMax ?? RETRY_MS_MAX, retryMs * 2)
  }
}
