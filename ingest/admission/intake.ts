// What all listeners share: a report is judged and handed to the log, refused ones to quarantine, and nobody is answered
// before both have them.

import type { Clock, Log, Meter } from '../../model/observe.ts'
import { wearerAt } from '../../model/plan/directory.ts'
import { QUARANTINE_BYTES_MAX, type RefusalReason } from '../../model/report/quarantine.ts'
import { type DeviceReport, type LogReport, PROTOCOL, type Protocol, REPORT_FLAG } from '../../model/report/report.ts'
import type { QuarantineItem } from '../../stream/logs/quarantine-log.ts'
import type { IngestLimits } from '../limits.ts'
import { reportAtReceipt } from '../protocols/believe.ts'
import type { DecodedReport, Defect } from '../protocols/decoder.ts'
import { isUrgent } from '../protocols/urgent.ts'
import { admit, mainDefect } from './admit.ts'
import type { Proof } from './authorize.ts'
import { BenchNotes, type NoteBench } from './bench-notes.ts'
import { type Bucket, Buckets } from './buckets.ts'
import { correctClock } from './correct-clock.ts'
import { type Directory, type KnownDevice, takeTokens } from './directory.ts'
import { type IngestMeasures, ingestMeasures } from './measure.ts'
import { type QuarantineAppender, QuarantineQuotas, QuotaUsedUp } from './quarantine-quotas.ts'
import { heardOnly, isRepeated } from './repeated-record.ts'
import { SlowDown } from './slow-down.ts'
import { type DisputeKeeper, SenderWatch } from './watch-senders.ts'

/** The part of stream's ReportAppender that ingest uses. */
export type ReportLog = {
  append(
    report: DeviceReport,
    wearerId: number,
    braceletId: number,
    receivedMs: number,
    protocol: Protocol,
  ): Promise<void>
  /** The same for a report in numbers, bound to its wearer; nothing keeps a reference to it. */
  appendLogReport(report: LogReport): Promise<void>
  readonly pendingReports: number
  close(): Promise<void>
}

const LAT_E7_MAX = 900_000_000
const LON_E7_MAX = 1_800_000_000

const STRANGERS = 'strangers'

/** What is wrong with a report: the sender's bytes are kept. `isUsed`: what is left of it counts as any other report. */
export type Objection = Defect & { isUsed: boolean }

/** Reports that came together and are answered together. Filled without waiting, then closed once. */
export class Batch {
  readonly protocol: Protocol
  readonly receivedMs: number
  accepted = 0
  discarded = 0
  /** Whose share of the quarantine it takes, as soon as it is known who speaks: `device:<id>` or `gateway:<id>`. */
  sender = STRANGERS
  quarantined: QuarantineItem[] | undefined
  refused: Map<RefusalReason, number> | undefined
  /** Nearly always all there is: one promise an entry of the log, not one a report. */
  #written: Promise<unknown> | undefined
  #alsoWritten: Set<Promise<unknown>> | undefined

  constructor(protocol: Protocol, receivedMs: number) {
    this.protocol = protocol
    this.receivedMs = receivedMs
  }

  waitFor(written: Promise<unknown>): void {
    this.#written ??= written
    if (this.#written !== written) this.#alsoWritten = (this.#alsoWritten ?? new Set()).add(written)
  }

  /** Undefined when there is nothing to wait for. */
  get written(): Promise<unknown> | undefined {
    return this.#alsoWritten === undefined ? this.#written : Promise.all([this.#written, ...this.#alsoWritten])
  }
}

export class Intake {
  readonly directory: Directory
  readonly limits: IngestLimits
  /** What codes and keys of bracelets are derived from; the same in every process. */
  readonly deviceKey: Uint8Array
  readonly clock: Clock
  readonly log: Log
  readonly measures: IngestMeasures
  readonly senders: SenderWatch
  readonly slowDown: SlowDown
  readonly #unprovenByAddress: Buckets
  readonly #unprovenByUnit: Buckets
  readonly #reportLog: ReportLog
  readonly #quarantine: QuarantineQuotas
  readonly #bench: BenchNotes | undefined
  /** Batches that the log or the quarantine has taken. */
  batchesWritten = 0
  #logTakes = true
  #strangersSecond = 0
  #strangersKept = 0

  constructor(parts: {
    reportLog: ReportLog
    quarantine: QuarantineAppender
    directory: Directory
    disputes: DisputeKeeper
    /** Absent: no bracelet is tested by what this process hears. */
    noteBench?: NoteBench
    limits: IngestLimits
    deviceKey: Uint8Array
    clock: Clock
    log: Log
    meter: Meter
  }) {
    this.#reportLog = parts.reportLog
    const { unprovenByAddress, unprovenByUnit, bucketNamesMax } = parts.limits
    this.#unprovenByAddress = new Buckets(unprovenByAddress, bucketNamesMax)
    this.#unprovenByUnit = new Buckets(unprovenByUnit, bucketNamesMax)
    this.slowDown = new SlowDown(parts.limits, parts.clock)
    this.directory = parts.directory
    this.limits = parts.limits
    this.deviceKey = parts.deviceKey
    const { quarantineQuotaMax, quarantineAskMs } = parts.limits
    this.#quarantine = new QuarantineQuotas(parts.quarantine, quarantineQuotaMax, quarantineAskMs)
    this.#bench = parts.noteBench && new BenchNotes(parts.noteBench, parts.log, parts.meter)
    this.clock = parts.clock
    this.log = parts.log
    this.senders = new SenderWatch(parts.disputes, parts.log, parts.limits.sendersReportedMs)
    this.measures = ingestMeasures(parts.meter)
  }

  /** True while sockets should not be read: the log is behind. */
  get busy(): boolean {
    return this.#reportLog.pendingReports > this.limits.logPendingReportsHigh
  }

  /**
   * How long a sender that proves nothing has to rest after so many reports, ms. `own`: its connection's bucket. What others send
   * in the bracelet's name does not slow it: address and unit only bound what one attacker can make of many names.
   */
  unprovenWaitMs(own: Bucket, address: string, { device }: KnownDevice, reports: number): number {
    const nowMs = this.clock()
    return Math.max(
      takeTokens(own, reports, nowMs, this.limits),
      this.#unprovenByAddress.take(address, reports, nowMs),
      this.#unprovenByUnit.take(device.unitPath, reports, nowMs),
    )
  }

  newBatch(protocol: Protocol): Batch {
    return new Batch(protocol, this.clock())
  }

  /**
   * Admits one report and hands what is left of it to the log. Returns its defect; undefined when it has none, or when
   * nobody wore the bracelet then. The caller has asked `authorize`, and calls `refuse` with what is wrong. `senderName`
   * distinguishes this sender from another that claims to be the same bracelet.
   */
  take(batch: Batch, sent: DecodedReport, known: KnownDevice, proof: Proof, senderName: string): Objection | undefined {
    const { clockCorrectionMs } = known.device
    if (clockCorrectionMs !== undefined) correctClock(sent, clockCorrectionMs, batch.receivedMs)
    const isRepeated = this.#isRepeated(sent, known, batch.receivedMs)
    const objection = this.#admit(batch, sent, known, proof, senderName)
    // The first copy may never have reached the log, as while Redis was away: the copy is kept too, and is recognised where it did.
    if (isRepeated && objection === undefined) {
      const { accepted, discarded } = batch
      this.#admit(batch, heardOnly(sent, batch.receivedMs), known, proof, senderName)
      Object.assign(batch, { accepted, discarded })
    }
    return objection
  }

  #admit(
    batch: Batch,
    report: DecodedReport,
    known: KnownDevice,
    proof: Proof,
    senderName: string,
  ): Objection | undefined {
    const { device } = known
    if (proof === 'id') report.unproven = true
    if (this.senders.isDisputed(device.braceletId)) report.disputedSender = senderName
    const verdict = admit(report, device, batch.receivedMs, this.limits)
    if (report.unknownAlarm !== undefined)
      this.measures.unknownAlarms.inc({ protocol: batch.protocol, model: (device.model ?? '').slice(0, 32) })
    if (typeof verdict === 'number') {
      if (proof === 'id' && !this.senders.stored.explains(known, report, batch.receivedMs)) {
        report.disputedSender = senderName
        this.measures.unexplained.inc({ protocol: batch.protocol })
      }
      // What comes through a gateway, the gateway has vouched for.
      if (proof !== 'gateway') this.senders.saw(known, verdict, senderName, report, batch.receivedMs)
      batch.waitFor(this.#reportLog.append(report, verdict, device.braceletId, batch.receivedMs, batch.protocol))
      batch.accepted++
      const defect = mainDefect(report)
      return defect && { ...defect, isUsed: report.defect === undefined }
    }
    if (verdict !== 'no_wearer') return { reason: verdict, detail: '', isUsed: false }
    batch.discarded++
    this.#bench?.offer(device.braceletId, report, batch.receivedMs, batch.protocol)
    return undefined
  }

  /** A bracelet whose frame could not be read was heard. */
  takeContact(batch: Batch, known: KnownDevice, proof: Proof, senderName: string): void {
    this.take(batch, reportAtReceipt(known.device.deviceId, batch.receivedMs), known, proof, senderName)
  }

  /** An alarm that is repeated until it is answered stays what it is. */
  #isRepeated(
    { timeMs, latDeg = 0, lonDeg = 0, alarms, defects }: DecodedReport,
    known: KnownDevice,
    receivedMs: number,
  ) {
    if (!(timeMs <= receivedMs) || alarms.length > 0 || defects !== undefined) return false
    const [latE7, lonE7] = [Math.round(latDeg * 1e7), Math.round(lonDeg * 1e7)]
    return isRepeated(known, timeMs, latE7, lonE7, receivedMs, this.limits.repeatedAfterMs)
  }

  /**
   * Of reports that come too fast, those that wait for no limit: a cut strap, an opened case, a tamper, an SOS. The sender is asked
   * to send all of them again all the same; what was taken is recognised then.
   */
  takeUrgent(batch: Batch, reports: readonly DecodedReport[], proof: Proof, senderName: string): void {
    for (const report of reports) {
      const known = isUrgent(report) ? this.directory.device(report.deviceId) : undefined
      if (known !== undefined) this.take(batch, report, known, proof, senderName)
    }
  }

  /**
   * Hands a report in numbers to the log where it is plainly believable and new, and somebody wore the bracelet, and gives true. On
   * false nothing was done: put it into words and ask `take`.
   */
  takePlain(batch: Batch, report: LogReport, known: KnownDevice): boolean {
    const { device } = known
    const { receivedMs } = batch
    const { timeMs, latE7, lonE7 } = report
    if (this.senders.isDisputed(device.braceletId) || device.clockCorrectionMs !== undefined) return false
    if (device.revoked || !(timeMs <= receivedMs + this.limits.futureMsMax)) return false
    if (!(timeMs >= receivedMs - this.limits.ancientMsMax)) return false
    if ((report.flags & REPORT_FLAG.hasPosition) !== 0) {
      if (latE7 > LAT_E7_MAX || latE7 < -LAT_E7_MAX || lonE7 > LON_E7_MAX || lonE7 < -LON_E7_MAX) return false
      if (latE7 === 0 && lonE7 === 0) return false
    }
    const wearerId = wearerAt(device, timeMs)
    if (wearerId === undefined) return false
    if (report.alarms === 0) {
      const { repeatedAfterMs } = this.limits
      const isPlaced = (report.flags & REPORT_FLAG.hasPosition) !== 0
      if (isRepeated(known, timeMs, isPlaced ? latE7 : 0, isPlaced ? lonE7 : 0, receivedMs, repeatedAfterMs))
        return false
    }
    report.wearerId = wearerId
    report.braceletId = device.braceletId
    report.receivedMs = receivedMs
    report.protocol = PROTOCOL[batch.protocol]
    batch.waitFor(this.#reportLog.appendLogReport(report))
    batch.accepted++
    return true
  }

  /**
   * Counts a refusal and, with `raw`, keeps the bytes for people to look at. `raw` holds no secret. False: it is not kept,
   * because the sender has filled its share of the quarantine, and should be sent again later.
   */
  refuse(batch: Batch, reason: RefusalReason, detail: string, deviceId?: string, raw?: Uint8Array | string): boolean {
    return this.#refuseOf(batch.sender, batch, reason, detail, deviceId, raw)
  }

  #refuseOf(
    sender: string,
    batch: Batch,
    reason: RefusalReason,
    detail: string,
    deviceId: string | undefined,
    raw: Uint8Array | string | undefined,
  ): boolean {
    batch.refused ??= new Map()
    batch.refused.set(reason, (batch.refused.get(reason) ?? 0) + 1)
    if (raw === undefined) return true
    if (!this.#quarantine.take(sender, batch.receivedMs)) {
      this.measures.notKept.inc({ protocol: batch.protocol })
      return false
    }
    const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw
    batch.quarantined ??= []
    batch.quarantined.push({
      receivedMs: batch.receivedMs,
      protocol: batch.protocol,
      reason,
      detail,
      ...(deviceId === undefined ? {} : { deviceId: deviceId.slice(0, 64) }),
      raw: Uint8Array.prototype.slice.call(bytes, 0, QUARANTINE_BYTES_MAX),
      cut: bytes.length > QUARANTINE_BYTES_MAX,
      sender,
    })
    return true
  }

  /**
   * The same for a sender who could not say who it is and gets no positive answer, so that nothing of it needs keeping:
   * a few a second are kept for people to look at, the rest is counted, so that strangers cannot push evidence out.
   */
  refuseStranger(
    batch: Batch,
    reason: RefusalReason,
    detail: string,
    deviceId: string | undefined,
    raw: () => Uint8Array | string,
  ): void {
    const second = Math.floor(batch.receivedMs / 1000)
    if (second !== this.#strangersSecond) {
      this.#strangersSecond = second
      this.#strangersKept = 0
    }
    if (this.#strangersKept++ < this.limits.strangersQuarantinedPerSecond)
      this.#refuseOf(STRANGERS, batch, reason, detail, deviceId, raw())
    else {
      this.refuse(batch, reason, detail)
      this.measures.strangersNotKept.inc({ protocol: batch.protocol })
    }
  }

  /** True when every report of the batch is on disk and everything refused is in quarantine; false: no positive answer. */
  settle(batch: Batch): Promise<boolean> {
    return new Promise((resolve) => this.whenSettled(batch, resolve))
  }

  /** The same with a callback, which must not throw: at once where there is nothing to wait for. */
  whenSettled(batch: Batch, done: (stored: boolean) => void): void {
    if (batch.quarantined !== undefined) batch.waitFor(this.#quarantine.keep(batch.quarantined))
    const { written } = batch
    if (written === undefined) {
      this.#count(batch)
      done(true)
      return
    }
    const beganMs = this.clock()
    written.then(
      () => {
        if (!this.#logTakes) this.log.info({}, 'the log takes reports again')
        this.#logTakes = true
        this.batchesWritten++
        if (batch.accepted > 0)
          this.measures.appendSeconds.observe((this.clock() - beganMs) / 1000, { protocol: batch.protocol })
        this.#count(batch)
        done(true)
      },
      (error: unknown) => {
        this.#unwritten(batch, error)
        done(false)
      },
    )
  }

  #unwritten({ protocol }: Batch, error: unknown): void {
    this.measures.unanswered.inc({ protocol })
    if (error instanceof QuotaUsedUp) return
    // The message only: an error of the driver may carry its command, and that holds reports.
    const reason = error instanceof Error ? error.message : String(error)
    if (this.#logTakes) this.log.error({ reason, protocol }, 'the log does not take reports; senders get no answer')
    this.#logTakes = false
  }

  #count({ protocol, accepted, discarded, refused }: Batch): void {
    if (accepted > 0) this.measures.reports.inc({ protocol, verdict: 'stored' }, accepted)
    if (discarded > 0) {
      this.measures.reports.inc({ protocol, verdict: 'discarded' }, discarded)
      this.measures.refusals.inc({ protocol, reason: 'no_wearer' }, discarded)
    }
    if (refused !== undefined)
      for (const [reason, count] of refused) {
        this.measures.reports.inc({ protocol, verdict: 'refused' }, count)
        this.measures.refusals.inc({ protocol, reason }, count)
      }
  }
}
