// Reports in our own JSON, many at once, each with its own verdict. The own API and the gateway feed come together here.
import type { RefusalReason } from '../../model/report/quarantine.ts'
import { authorize, isRefused, nameOf, type Sender, saidReason } from '../admission/authorize.ts'
import { tryTokens } from '../admission/directory.ts'
import type { Batch, Intake, Objection } from '../admission/intake.ts'
import { decodeJsonReport, mayBeUrgent } from '../protocols/own-json/decode-json-report.ts'
import { isUrgent } from '../protocols/urgent.ts'

const TAKEN = '{"ok":true}'

/**
 * Puts each report into the batch and gives the verdicts as JSON, in order: `{"ok":true}`, with `"detail"` where a damaged member
 * was left out; or `{"ok":false,"reason":…,"detail":…}`, with `"retry":true` where the report was not kept and should be sent
 * again later. `whole` is what they came in.
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
  const settingsOf = (deviceId: string) => intake.directory.device(deviceId)?.device.settings
  let verdicts = ''
  for (const value of values) {
    if (verdicts !== '') verdicts += ','
    const report = decodeJsonReport(value, ownId, batch.receivedMs, settingsOf)
    if (typeof report === 'string') {
      verdicts += objected({ reason: 'malformed', detail: report, isUsed: false }, value, ownId)
      continue
    }
    const verdict = authorize(intake.directory, sender, report.deviceId)
    if (isRefused(verdict)) {
      const detail = refusalDetail(verdict, report.deviceId)
      verdicts += objected({ reason: verdict, detail, isUsed: false }, value, report.deviceId)
      continue
    }
    const known = intake.directory.device(report.deviceId)!
    const isLimited = sender.gateway !== undefined && !isUrgent(report)
    if (isLimited && !tryTokens(known, 1, batch.receivedMs, intake.limits)) {
      intake.refuse(batch, 'rate_limited', '')
      verdicts += '{"ok":false,"reason":"rate_limited","retry":true}'
      continue
    }
    const objection = intake.take(batch, report, known, verdict, name)
    verdicts += objection === undefined ? TAKEN : objected(objection, value, report.deviceId)
  }
  return verdicts

  function objected({ reason, detail, isUsed }: Objection, value: unknown, deviceId: string | undefined): string {
    const isKept = intake.refuse(batch, reason, detail, deviceId, rawOf(value, whole))
    if (isUsed) return JSON.stringify({ ok: true, detail })
    return JSON.stringify({ ok: false, reason: saidReason(reason), detail, ...(isKept ? {} : { retry: true }) })
  }
}

/** Of a bracelet's reports that come too fast, those that wait for no limit. */
export function takeUrgentJsonReports(
  intake: Intake,
  batch: Batch,
  values: readonly unknown[],
  sender: Sender,
  deviceId: string,
): void {
  const settings = intake.directory.device(deviceId)?.device.settings
  for (const value of values.slice(0, intake.limits.batchReportsMax)) {
    if (!mayBeUrgent(value, settings)) continue
    const report = decodeJsonReport(value, deviceId, batch.receivedMs, () => settings)
    if (typeof report !== 'string' && report.deviceId === deviceId)
      intake.takeUrgent(batch, [report], 'secret', nameOf(sender))
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

/** Why the sender may not speak for the bracelet, as a sentence for it. */
export function refusalDetail(reason: RefusalReason, deviceId: string): string {
  switch (reason) {
    case 'bad_credential':
      return 'this credential is another bracelet’s'
    case 'unknown_device':
    case 'not_of_this_gateway':
    case 'wrong_protocol':
      return `no bracelet for which this gateway speaks is called ${deviceId}`
    case 'revoked_device':
      return 'the bracelet has been revoked'
    default:
      return reason
  }
}
