// What the real engine makes of made-up tracks of the sample's first wearer: an evening away from home, and weeks of a ledger.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { compileDocument } from '../../geofence/inquiry/backtest.ts'
import { explain } from '../../geofence/inquiry/explain.ts'
import { MinutesLedger } from '../../geofence/inquiry/minutes-ledger.ts'
import { planOfProposal, RuleTrial } from '../../geofence/inquiry/try-rule.ts'
import { smallerThanGuardM } from '../../geofence/plan/small-zone.ts'
import type { WearerIncidentView } from '../../model/console/console.ts'
import type { BacktestAnswer, LedgerRow, TrialRequest } from '../../model/console/judgement.ts'
import { type Plan, planSchema, zoneSchema } from '../../model/plan/plan.ts'
import { LogReport, POSITION_SOURCE, REPORT_FLAG } from '../../model/report/report.ts'
import type { ExplanationAnswer } from '../../web-map/session/request.ts'

import { detailOf, type Sample, seeded } from './sample-data.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const WIB_MS = 7 * 3_600_000
const HOME = [-6.1965, 106.832] as const
const WORK = [-6.2265, 106.811] as const
const AWAY = [-6.1872, 106.8335] as const

function reportAt(
  timeMs: number,
  [latDeg, lonDeg]: readonly [number, number],
  accuracyM: number,
  key: number,
): LogReport {
  return Object.assign(new LogReport(), {
    ...{ wearerId: 1, braceletId: 1, timeMs, receivedMs: timeMs + 900, contentHi: 0, contentLo: key },
    ...{ flags: REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid, source: POSITION_SOURCE.gps },
    ...{ latE7: Math.round(latDeg * 1e7), lonE7: Math.round(lonDeg * 1e7), accuracyM },
  })
}

const between = (a: readonly [number, number], b: readonly [number, number], share: number): [number, number] => {
  const k = Math.max(0, Math.min(1, share))
  return [a[0] + (b[0] - a[0]) * k, a[1] + (b[1] - a[1]) * k]
}

function planOf(sample: Sample, conditionIds: string[], always: boolean): Plan {
  const detail = detailOf(sample.wearers[0]!, sample.nowMs)
  const conditions = detail.conditions
    .filter(({ id }) => conditionIds.includes(id))
    .map(({ zoneName: _, windows, ...condition }) => ({ ...condition, ...(windows && !always && { windows }) }))
  const supervisions = [{ fromMs: detail.supervisionBeginsMs, toMs: detail.supervisionEndsMs }]
  return planSchema.parse({ wearerId: 1, supervisions, conditions, reportIntervalMs: 5 * MINUTE_MS })
}

const zonesOf = (sample: Sample) =>
  sample.zones.filter(({ id }) => id.startsWith('z-')).map((zone) => zoneSchema.parse(zone))

/** Minute by minute: at home, out at minute 30 and 1 km away at 42, back at 110; a fix from a mast between. */
function evening(nowMs: number): LogReport[] {
  const random = seeded(5)
  const fromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - 150 * MINUTE_MS
  return Array.from({ length: 140 }, (_, minute) => {
    const place = minute < 100 ? between(HOME, AWAY, (minute - 30) / 12) : between(AWAY, HOME, (minute - 100) / 11)
    const accuracyM = minute === 33 || minute === 71 ? 400 : 8 + random() * 18
    const noise = () => (random() - 0.5) * accuracyM * 1.2e-5
    return reportAt(fromMs + minute * MINUTE_MS, [place[0] + noise(), place[1] + noise()], accuracyM, minute)
  })
}

/** Every five minutes: home at night, work by day, one late evening a week, a silence of ten hours, a visit that is forbidden. */
function weeks(nowMs: number): LogReport[] {
  const reports: LogReport[] = []
  const beganMs = Math.floor(nowMs / DAY_MS) * DAY_MS - 56 * DAY_MS
  const random = seeded(9)
  for (let timeMs = beganMs; timeMs < nowMs; timeMs += 5 * MINUTE_MS) {
    const localMs = timeMs + WIB_MS
    const day = Math.floor(localMs / DAY_MS)
    const hour = (localMs % DAY_MS) / 3_600_000
    const weekday = (day + 3) % 7
    if (day % 11 === 0 && hour > 8 && hour < 18) continue
    const late = weekday === 2 && hour >= 20 && hour < 21.4 + (day % 3)
    const visits = day % 17 === 0 && hour > 18 && hour < 18.7
    const place = visits
      ? ([-6.1882, 106.8405] as const)
      : late
        ? AWAY
        : weekday < 5 && hour > 7.2 && hour < 17
          ? WORK
          : HOME
    const noise = () => (random() - 0.5) * 1e-4
    reports.push(reportAt(timeMs, [place[0] + noise(), place[1] + noise()], 10, reports.length))
  }
  return reports
}

export type JudgedSample = ReturnType<typeof judgeSample>

export function judgeSample(sample: Sample) {
  const wearer = sample.wearers[0]!
  const reports = evening(sample.nowMs)
  const zones = zonesOf(sample)
  const plan = compileDocument(planOf(sample, ['c-1'], true), zones)
  const trial = new RuleTrial(plan, 'c-1')
  for (const report of reports) trial.add(report)
  const [absence] = trial.finish(sample.nowMs)
  const explanation = explain(plan, reports, absence!.id, sample.nowMs)!
  const incident: WearerIncidentView = {
    ...absence!,
    revision: 1,
    standing: { fromMs: absence!.confirmedMs },
    wearer: { id: wearer.id, n: wearer.n, name: wearer.name, unitPath: wearer.unitPath },
    conditionName: 'Rumah Menteng',
    acts: [],
  }
  return {
    incident,
    explanation: { ...explanation, same: true } as ExplanationAnswer,
    backtest({ wearerId, days, zone, condition }: TrialRequest): BacktestAnswer {
      const shape = 'shape' in zone ? zone.shape : sample.zones.find(({ id }) => id === zone.id)!.shape
      const [fromMs, toMs] = [sample.nowMs - days * DAY_MS, sample.nowMs]
      const proposed = { ...condition, id: 'proposed', legalBasis: 'usulan' }
      const base = planOf(sample, [], true)
      const run = new RuleTrial(planOfProposal(base, proposed, compileZone(shape), fromMs, toMs), 'proposed')
      for (const report of weeks(sample.nowMs)) if (report.timeMs >= fromMs) run.add(report)
      const incidents = run.finish(toMs)
      const countByType: Record<string, number> = {}
      for (const { type } of incidents) countByType[type] = (countByType[type] ?? 0) + 1
      const tried = { reports: run.reports, incidentCount: incidents.length, countByType, incidents }
      const guardM = smallerThanGuardM(condition, compileZone(shape))
      return {
        ...{ fromMs, toMs, incidentCount: incidents.length, perWearerDay: incidents.length / days },
        ...(guardM !== undefined && { smallerThanGuardM: guardM }),
        wearers: [{ wearer: { id: wearerId, n: wearer.n, name: wearer.name }, ...tried }],
      }
    },
    ledger(fromMs: number, toMs: number): LedgerRow[] {
      const ledger = new MinutesLedger(
        compileDocument(planOf(sample, ['c-1', 'c-2', 'c-3', 'c-4'], false), zones),
        fromMs,
        toMs,
      )
      for (const report of weeks(sample.nowMs)) ledger.add(report)
      return ledger.finish()
    },
  }
}
