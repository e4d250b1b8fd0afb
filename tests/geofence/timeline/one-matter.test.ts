// One violation is one matter to people, in whatever order its reports arrive: one alert, at most one correction.
import { describe, expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { type Incident, type IncidentType, matterOf } from '../../../model/incident/incident.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { decideOnRevision } from '../../../notify/decide-notice.ts'
import type { Notified } from '../../../notify/notified.ts'
import type { Recipient } from '../../../notify/recipient.ts'
import { fixedBook } from '../../../notify/recipient-book.ts'
import { silentLog } from '../../setup/test-redis.ts'
import { condition, document, fix, MINUTE, seeded, shuffled, WEARER } from '../make-reports.ts'

const START = Date.parse('2026-03-03T19:50:00+07:00')
const END = START + 60 * MINUTE
const PK: Recipient = {
  id: 'pk',
  level: 'petugas',
  ways: [{ channel: 'webhook', address: 'https://receiver.test', fromSettings: true }],
}
const RECIPIENTS = { recipients: fixedBook([PK]), consoleUrl: 'https://console.test', log: silentLog }

type Violation = { type: IncidentType; rules: object[]; report(random: () => number, minute: number): LogReport }

const at = (minute: number, northM: number, eastM: number, random: () => number, more = {}) =>
  fix(START + minute * MINUTE, northM + 6 * random(), eastM + 6 * random(), { accuracyM: 5 + 6 * random(), ...more })
const isAway = (minute: number) => minute >= 3 && minute < 15

const VIOLATIONS: Record<string, Violation> = {
  'away from home': {
    type: 'away_from_required_zone',
    rules: [condition({})],
    report: (random, minute) => at(minute, isAway(minute) ? 200 + 40 * Math.abs(9 - minute) : 0, 0, random),
  },
  'away when the curfew begins': {
    type: 'away_from_required_zone',
    rules: [condition({ windows: [{ from: '20:00', to: '22:00' }] })],
    report: (random, minute) => at(minute, minute < 15 ? 400 : 0, 0, random),
  },
  'in an avoided zone': {
    type: 'inside_avoided_zone',
    rules: [condition({ kind: 'avoided', zoneId: 'school' })],
    report: (random, minute) => at(minute, 0, isAway(minute) ? 990 : 0, random),
  },
  'off the corridor': {
    type: 'off_corridor',
    rules: [condition({ kind: 'corridor', zoneId: 'road' })],
    report: (random, minute) => at(minute, isAway(minute) ? 300 : 0, 60 * minute, random),
  },
  'a strap cut': {
    type: 'strap_open',
    rules: [],
    report: (random, minute) => at(minute, 0, 0, random, { strap: isAway(minute) ? 'open' : 'closed' }),
  },
  'away, with unsure fixes between': {
    type: 'away_from_required_zone',
    rules: [condition({})],
    report: (random, minute) =>
      at(minute, isAway(minute) ? 260 : 0, 0, random, { accuracyM: minute % 4 === 3 ? 150 : 8 }),
  },
}

const reportsOf = ({ report }: Violation, seed: number): LogReport[] => {
  const random = seeded(seed)
  return Array.from({ length: 18 }, (_, minute) => report(random, minute))
}

/** Everything published after each single report, and what the recipients got of it. */
function played({ rules }: Violation, reports: readonly LogReport[]) {
  const { plan, zones } = document({ conditions: rules })
  const options = { retainMs: Infinity, retainEventsMax: Infinity }
  const timeline = new WearerTimeline(WEARER, compileDocument(plan, zones), options)
  const notified = new Map<string, Notified>()
  const published: Incident[] = []
  const kinds: string[] = []
  const takeChanges = () => {
    for (const incident of timeline.takeChanges()) {
      published.push(incident)
      const matter = matterOf(incident)
      const { notice, now } = decideOnRevision(RECIPIENTS, { incident, knownMs: END }, notified.get(matter))
      if (now) notified.set(matter, now)
      if (notice) kinds.push(notice.alert.kind)
    }
  }
  for (const report of reports) {
    timeline.offer(report)
    takeChanges()
  }
  timeline.advanceTo(END)
  takeChanges()
  return { published, kinds, notified, active: timeline.activeIncidents() }
}

/** PERMUTATIONS=10000 takes half a minute of one core. */
const RUNS = Math.ceil(Number(process.env.PERMUTATIONS ?? 1200) / Object.keys(VIOLATIONS).length)

describe.each(Object.entries(VIOLATIONS))('%s', (_, violation) => {
  test('newest first: one alert, and every withdrawn incident names its successor', () => {
    const { published, kinds, active } = played(violation, reportsOf(violation, 1).reverse())
    expect(kinds).toEqual(['raised'])
    const grave = active.filter(({ severity }) => severity !== 'informasi')
    expect(grave.map(({ type }) => type)).toEqual([violation.type])
    const byId = new Map(published.map((incident) => [incident.id, incident]))
    const matters = published.filter(({ type }) => type === violation.type)
    expect(matters.map(({ revision }) => revision)).toEqual(matters.map((_, i) => i + 1))
    expect(new Set(matters.map(matterOf)).size).toBe(1)
    for (const withdrawn of [...byId.values()].filter((one) => one.withdrawn && one.type === violation.type)) {
      const successor = byId.get(withdrawn.supersededBy!)!
      expect(successor.successorOf).toBe(withdrawn.id)
      expect(successor.startMs).toBeLessThanOrEqual(withdrawn.startMs)
    }
  })

  test(`any of ${RUNS} permutations within moments: one alert, no correction`, { timeout: 240_000 }, () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { kinds } = played(violation, shuffled(reportsOf(violation, seed), seeded(seed)))
      expect({ seed, kinds }).toEqual({ seed, kinds: ['raised'] })
    }
  })
})
