// Which rules are in force at a time, against a slow oracle that asks the wall clock of the place: windows over midnight and the
// week's end, dates excepted, versions, overlapping permits, supervisions with a gap; asked in any order of times.
import { expect, test } from 'vitest'
import { compileDocument } from '../../geofence/backtest.ts'
import type { Condition, Permit, Plan, PlanDocument, WeeklyWindow } from '../../model/plan.ts'
import { condition, DAY, document, MINUTE, seeded } from './make-reports.ts'

type Random = () => number
// Without changes of the clock; one is a quarter of an hour off, two are a day apart.
const PLACES = [
  'Asia/Jakarta',
  'Asia/Makassar',
  'Asia/Jayapura',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]
const START = Date.UTC(2026, 2, 20)

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

function clock(random: Random): string {
  const minute = Math.floor(random() * 1440)
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function windowOf(random: Random): object {
  const days = [1, 2, 3, 4, 5, 6, 7].filter(() => random() < 0.6)
  const dates = ['2026-03-21', '2026-03-22', '2026-03-29', '2026-04-05'].filter(() => random() < 0.5)
  return {
    from: clock(random),
    to: random() < 0.15 ? '24:00' : clock(random),
    ...(days.length > 0 && random() < 0.6 && { days }),
    ...(random() < 0.4 && { exceptDates: dates }),
    ...(random() < 0.15 && { onlyDates: dates }),
  }
}

function planOf(random: Random, spanMs: number): PlanDocument {
  const time = () => Math.round(START + random() * spanMs)
  const conditions = Array.from({ length: 4 }, (_, k) => {
    const cut = time()
    const version = (fromMs: number, toMs?: number) =>
      condition({
        ...{
          id: `c${k}`,
          kind: pick(random, ['required', 'avoided', 'corridor']),
          zoneId: pick(random, ['home', 'far']),
        },
        ...{ timeZone: pick(random, PLACES), fromMs, ...(toMs !== undefined && { toMs }) },
        ...(random() < 0.8 && {
          windows: Array.from({ length: 1 + Math.floor(random() * 3) }, () => windowOf(random)),
        }),
      })
    return random() < 0.5 ? [version(START)] : [version(START, cut), version(cut + Math.floor(random() * 2) * DAY)]
  }).flat()
  const permits = Array.from({ length: Math.floor(random() * 5) }, (_, k) => {
    const fromMs = time()
    return {
      ...{ id: `p${k}`, fromMs, toMs: fromMs + 1 + Math.round(random() * 3 * DAY), legalBasis: 'Izin' },
      ...(random() < 0.5 && { conditionIds: [`c${Math.floor(random() * 4)}`] }),
      ...(random() < 0.3 && { zoneId: 'school' }),
      ...(random() < 0.3 && { decidedMs: fromMs + Math.round((random() - 0.3) * 2 * DAY) }),
    }
  })
  const [first, second] = [START + spanMs * 0.4, START + spanMs * 0.5].map(Math.round)
  const supervisions = [
    { fromMs: START + 1000, toMs: first! },
    { fromMs: second!, toMs: START + spanMs },
  ]
  return document({ conditions, permits, supervisions })
}

const WALL_CLOCKS = new Map(
  PLACES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
  ]),
)

function wallClock(timeZone: string, timeMs: number): { day: number; minute: number } {
  const [date, time] = WALL_CLOCKS.get(timeZone)!.format(timeMs).split(' ')
  const [hour, minute] = time!.split(':').map(Number)
  return { day: Date.parse(`${date}T00:00:00Z`) / DAY, minute: hour! * 60 + minute! }
}

function isWithin({ windows, timeZone }: Condition, timeMs: number): boolean {
  if (windows === undefined) return true
  const { day, minute } = wallClock(timeZone, timeMs)
  return windows.some((window) => {
    const [from, to] = [window.from, window.to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
    if (to! > from!) return begins(window, day) && minute >= from! && minute < to!
    return (begins(window, day) && minute >= from!) || (begins(window, day - 1) && minute < to!)
  })
}

function begins({ days, exceptDates, onlyDates }: WeeklyWindow, day: number): boolean {
  const date = new Date(day * DAY)
  const text = date.toISOString().slice(0, 10)
  return !exceptDates.includes(text) && (onlyDates?.includes(text) ?? days.includes(date.getUTCDay() || 7))
}

/** Ids in force; a permit's where it names a zone. */
function slowlyInForce({ conditions, permits, supervisions }: Plan, timeMs: number): string[] {
  if (!supervisions.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs)) return []
  const holds = ({ fromMs, toMs, decidedMs = fromMs }: Permit) => timeMs >= Math.max(fromMs, decidedMs) && timeMs < toMs
  const now = permits.filter(holds)
  const lifted = (id: string) => now.some(({ conditionIds }) => conditionIds?.includes(id) ?? true)
  return [
    ...conditions
      .filter((each) => timeMs >= each.fromMs && timeMs < (each.toMs ?? Infinity) && isWithin(each, timeMs))
      .flatMap(({ id }) => (lifted(id) ? [] : [id])),
    ...now.flatMap(({ id, zoneId }) => (zoneId === undefined ? [] : [id])),
  ].sort()
}

test('what is in force is what the wall clock of the place, the versions, permits and supervisions say', () => {
  let inForce = 0
  for (let seed = 0; seed < 40; seed++) {
    const random = seeded(seed)
    const spanMs = pick(random, [10, 90]) * DAY
    const { plan, zones } = planOf(random, spanMs)
    const compiled = compileDocument(plan, zones)
    const edges = [...plan.conditions, ...plan.permits, ...plan.supervisions].flatMap(({ fromMs, toMs = fromMs }) => [
      fromMs,
      toMs,
    ])
    for (let i = 0; i < 120; i++) {
      const anyMs = Math.round(START + (random() * 1.2 - 0.1) * spanMs)
      const roundMs = pick(random, [pick(random, edges), Math.round(anyMs / MINUTE) * MINUTE])
      const timeMs = pick(random, [anyMs, roundMs, roundMs - 1])
      compiled.cover(timeMs)
      const { active, fromMs, toMs } = compiled.timing.at(timeMs)
      const found = active.flatMap((is, k) => (is ? [compiled.conditionIdOf(k)] : [])).sort()
      expect([seed, timeMs, ...found]).toEqual([seed, timeMs, ...slowlyInForce(plan, timeMs)])
      expect(fromMs <= timeMs && timeMs < toMs).toBe(true)
      inForce += found.length
    }
  }
  expect(inForce).toBeGreaterThan(1500)
})
