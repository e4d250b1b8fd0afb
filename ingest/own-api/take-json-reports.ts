// Reports in our own JSON, many at once, each with its own verdict. The own API and the gateway feed come together here.
import type { RefusalReason } from '../../model/report/quarantine.ts'
import { authorize, isRefused, nameOf, type Proof, type Sender, saidReason } from '../admission/authorize.ts'
import { tryTokens } from '../admission/directory.ts'
import type { Batch, Intake } from '../admission/intake.ts'
import { parseJsonReport } from '../protocols/own-json/json-report.ts'
import { urgentJsonReport } from '../protocols/own-json/urgent-json-report.ts'
import { isUrgent } from '../protocols/urgent.ts'

const TAKEN = '{"ok":true}'

/**
 * Puts each report into the batch and gives the verdicts as JSON, in order:
 * `{"ok":true}` or `{"ok":false,"reason":…,"detail":…}`; with `"retry":true` where the report was not kept and should be sent
 * again later. `whole` is what they came in. One that is urgent is taken without what of it cannot be; it is kept for people to look at as well.
 */
export function takeJsonReports(
  intake: Intake,
  batch: Batch,
  values: readonly unknown[],
  sender: Sender,
  whole: Uint8Array,
): string {
  const ownId = sender.gateway === undefined ? [...(sender.proven ?? [])][0] : undefined
  const name = nameOf(sender)
  let verdicts = ''
  for (const value of values) {
    if (verdicts !== '') verdicts += ','
    const parsed = parseJsonReport(value, ownId, batch.receivedMs)
    const wrong = typeof parsed === 'string' ? parsed : undefined
    const report = typeof parsed === 'string' ? urgentJsonReport(value, ownId, batch.receivedMs) : parsed
    if (report === undefined) {
      const isKept = intake.refuse(batch, 'malformed', wrong!, ownId, rawOf(value, whole))
      verdicts += refusal('malformed', wrong!, isKept)
      continue
    }
    const verdict = authorize(intake.directory, sender, report.deviceId)
    const known = intake.directory.device(report.deviceId)
    let reason = isRefused(verdict) ? verdict : undefined
    const isLimited = reason === undefined && sender.gateway !== undefined && !isUrgent(report)
    if (isLimited && !tryTokens(known!, 1, batch.receivedMs, intake.limits)) {
      intake.refuse(batch, 'rate_limited', '')
      verdicts += '{"ok":false,"reason":"rate_limited","retry":true}'
      continue
    }
    reason ??= intake.take(batch, report, known!, verdict as Proof, name)
    if (reason === undefined) {
      if (wrong !== undefined) intake.refuse(batch, 'malformed', wrong, report.deviceId, rawOf(value, whole))
      verdicts += TAKEN
    } else {
      const detail = detailOf(reason, report.deviceId)
      const isKept = intake.refuse(batch, reason, detail, report.deviceId, rawOf(value, whole))
      verdicts += refusal(saidReason(reason), detail, isKept)
    }
  }
  return verdicts
}

/** Of a bracelet's reports that come too fast, those that wait for no limit. */
export function takeUrgentJsonReports(
  intake: Intake,
  batch: Batch,
  values: readonly unknown[],
  sender: Sender,
  deviceId: string,
): void {
  for (const value of values.slice(0, intake.limits.batchReportsMax)) {
    const report = urgentJsonReport(value, deviceId, batch.receivedMs)
    if (report?.deviceId === deviceId) intake.takeUrgent(batch, [report], 'secret', nameOf(sender))
  }
}

// JSON.parse takes any depth, JSON.stringify only as much as the stack holds.
function rawOf(value: unknown, whole: Uint8Array): string | Uint8Array {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return whole
    throw error
  }
}

function refusal(reason: RefusalReason, detail: string, isKept: boolean): string {
  return JSON.stringify({ ok: false, reason, detail, ...(isKept ? {} : { retry: true }) })
}

/** The reason as a sentence for the sender. */
export function detailOf(reason: RefusalReason, deviceId: string): string {
  switch (reason) {
    case 'bad_credential':
      return 'this credential is another bracelet’s'
    case 'unknown_device':
    case 'not_of_this_gateway':
    case 'wrong_protocol':
      return `no bracelet for which this gateway speaks is called ${deviceId}`
    case 'revoked_device':
      return 'the bracelet has been revoked'
    case 'impossible_position':
      return 'lat must be within ±90 and lon within ±180'
    case 'impossible_time':
      return 'time is no time'
    case 'future':
      return 'time lies ahead of the server’s clock'
    case 'ancient':
      return 'time lies too far back'
    default:
      return reason
  }
}
