import { expect, test } from 'vitest'
import type { IncidentView, LivePositionRow } from '../../model/console/console.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { lifeOf, stageOf } from '../../model/incident/life.ts'
import { worstOpenOf } from '../../model/incident/queue-order.ts'
import { applyLive, setRoster } from '../../web-map/feed/apply-live.ts'
import { opacityOf } from '../../web-map/feed/freshness.ts'
import { LIVE_LIMITS } from '../../web-map/feed/incident-limit.ts'
import { compareIncidents, isOpen } from '../../web-map/feed/incident-order.ts'
import { emptyLiveState, incidentById, listClosed, listOpen } from '../../web-map/feed/live-state.ts'
import { beforeList, takeOpenList } from '../../web-map/feed/open-list.ts'
import { troublesOf } from '../../web-map/feed/trouble.ts'
import { markOf } from '../../web-map/feed/worst-open.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const MINUTE = 60_000
const { wearers } = makeSample(100, NOW)
const [anna, budi] = [wearers[0]!, wearers[1]!]
const act = (incident: IncidentView, actId: number, action: IncidentAct['action']): IncidentAct => ({
  actId,
  incidentId: incident.id,
  wearerId: incident.wearerId,
  action,
  revision: incident.revision,
  officerName: 'Dwi',
  atMs: NOW + actId,
  ...(action === 'resolve' ? { resolution: 'alasan_sah' as const } : {}),
})
const row = (n: number, receivedMs: number, latDeg: number): LivePositionRow => [
  n,
  0,
  1,
  90,
  1,
  receivedMs,
  receivedMs,
  latDeg,
  106.8,
  10,
  null,
  null,
]
const raise = (incident: IncidentView) => ({ t: 'incident' as const, cursor: 'c', incident })

test('positions are merged, and one received earlier does not overwrite', () => {
  const state = emptyLiveState()
  expect(applyLive(state, { t: 'positions', rows: [row(1, 100, -6.2)] }, NOW).positions).toBe(true)
  const first = state.bracelets.get(1)
  applyLive(state, { t: 'positions', rows: [row(1, 90, -7), row(1, 110, -6.3)] }, NOW)
  expect(state.bracelets.get(1)).toBe(first)
  expect(first!.latDeg).toBe(-6.3)
})

test('who leaves the roster leaves the map', () => {
  const state = emptyLiveState()
  applyLive(state, { t: 'positions', rows: [row(1, 1, -6), row(2, 1, -6)] }, NOW)
  setRoster(state, [budi])
  expect([...state.bracelets.keys()]).toEqual([2])
})

test('a new incident alerts once; a replay does not; growing graver does', () => {
  const state = emptyLiveState()
  const noFix = incidentOf(anna, 'no_fix', NOW)
  expect(applyLive(state, raise(noFix), NOW).alerts).toHaveLength(1)
  expect(applyLive(state, raise(noFix), NOW).alerts).toHaveLength(0)
  expect(applyLive(state, raise({ ...noFix, revision: 2, severity: 'serius' }), NOW).alerts).toHaveLength(1)
  expect(applyLive(state, raise(noFix), NOW).alerts).toHaveLength(0)
  expect(state.incidents.get(noFix.id)!.severity).toBe('serius')
})

test('acts survive every revision, come in any order, and are counted once', () => {
  const state = emptyLiveState()
  const strap = incidentOf(anna, 'strap_open', NOW)
  applyLive(state, { t: 'act', cursor: 'c', act: act(strap, 2, 'acknowledge') }, NOW)
  expect(applyLive(state, raise(strap), NOW).alerts).toHaveLength(0)
  applyLive(state, { t: 'act', cursor: 'c', act: act(strap, 1, 'note') }, NOW)
  applyLive(state, { t: 'act', cursor: 'c', act: act(strap, 1, 'note') }, NOW)
  applyLive(state, raise({ ...strap, revision: 2, endMs: NOW }), NOW)
  const known = state.incidents.get(strap.id)!
  expect(known.acts.map((one) => one.actId)).toEqual([1, 2])
  expect(known.endMs).toBe(NOW)
  expect(stageOf(known)).toBe('handled')
})

test('a note alone does not take an alert', () => {
  const strap = incidentOf(anna, 'strap_open', NOW)
  expect(stageOf({ ...strap, acts: [act(strap, 1, 'note')] })).toBe('new')
  expect(stageOf({ ...strap, acts: [act(strap, 1, 'escalate')] })).toBe('handled')
  expect(stageOf({ ...strap, acts: [act(strap, 1, 'acknowledge'), act(strap, 2, 'resolve')] })).toBe('closed')
})

test('an alarm raised anew after its resolution alerts again, and its clock runs from then', () => {
  const state = emptyLiveState()
  const strap = incidentOf(anna, 'strap_open', NOW)
  applyLive(state, raise(strap), NOW)
  for (const [actId, action] of [
    [1, 'acknowledge'],
    [2, 'resolve'],
  ] as const)
    applyLive(state, { t: 'act', cursor: 'c', act: act(strap, actId, action) }, NOW)
  expect(listOpen(state)).toEqual([])
  const standing = { ...strap.standing, signMs: NOW + 20 * MINUTE }
  const again: IncidentView = { ...strap, revision: 2, signs: 2, standing }
  expect(applyLive(state, raise(again), NOW).alerts.map(({ id }) => id)).toEqual([strap.id])
  const known = () => state.incidents.get(strap.id)!
  expect(lifeOf(known())).toMatchObject({ stage: 'new', reopened: true, clock: { dueMs: NOW + 24 * MINUTE } })
  applyLive(state, { t: 'act', cursor: 'c', act: { ...act(strap, 3, 'acknowledge'), signs: 2 } }, NOW)
  expect(stageOf(known())).toBe('handled')
  applyLive(state, { t: 'act', cursor: 'c', act: { ...act(strap, 4, 'resolve'), signs: 2 } }, NOW)
  expect(stageOf(known())).toBe('closed')
  expect(applyLive(state, raise({ ...again, revision: 3, endMs: NOW + 50 * MINUTE }), NOW).alerts).toEqual([])
  expect(lifeOf(known())).toMatchObject({ stage: 'closed', reopened: false })
})

test('open: neither withdrawn nor resolved, and going on or grave', () => {
  const ring = incidentOf(anna, 'warning_ring', NOW)
  expect(isOpen(ring)).toBe(true)
  expect(isOpen({ ...ring, endMs: NOW })).toBe(false)
  expect(isOpen({ ...incidentOf(anna, 'strap_open', NOW), endMs: NOW })).toBe(true)
  expect(isOpen({ ...ring, withdrawn: { reason: 'x' } })).toBe(false)
})

test('an incident withdrawn under the officer’s eyes stays, last, until it is taken note of', () => {
  const state = emptyLiveState()
  const strap = incidentOf(anna, 'strap_open', NOW)
  const ring = incidentOf(budi, 'warning_ring', NOW)
  applyLive(state, raise(strap), NOW)
  applyLive(state, raise(ring), NOW)
  applyLive(state, raise({ ...strap, revision: 2, withdrawn: { reason: 'laporan susulan' } }), NOW)
  applyLive(state, raise({ ...incidentOf(anna, 'sos', NOW), withdrawn: { reason: 'x' } }), NOW)
  expect(listOpen(state).map((one) => one.id)).toEqual([ring.id, strap.id])
  applyLive(state, { t: 'act', cursor: 'c', act: act(strap, 1, 'acknowledge') }, NOW)
  expect(listOpen(state).map((one) => one.id)).toEqual([ring.id])
  expect(
    listClosed(state)
      .map((one) => one.type)
      .sort(),
  ).toEqual(['sos', 'strap_open'])
})

test('a reinstated incident is new and alerts, also when the withdrawal had been taken note of', () => {
  const state = emptyLiveState()
  const [noted, silent] = [incidentOf(anna, 'inside_avoided_zone', NOW), incidentOf(budi, 'no_communication', NOW)]
  for (const one of [noted, silent]) {
    applyLive(state, raise(one), NOW)
    applyLive(state, raise({ ...one, revision: 2, withdrawn: { reason: 'late_report' } }), NOW)
  }
  applyLive(state, { t: 'act', cursor: 'c', act: act(noted, 5, 'acknowledge') }, NOW)
  expect(listOpen(state).map(({ id }) => id)).toEqual([silent.id])
  const standing = { fromMs: NOW, sinceRevision: 3 }
  for (const one of [noted, silent])
    expect(applyLive(state, raise({ ...one, revision: 3, standing }), NOW).alerts.map(({ id }) => id)).toEqual([one.id])
  expect(listOpen(state).map(stageOf)).toEqual(['new', 'new'])
  // Told once more, and listed: no news. Taken now, it is handled.
  expect(
    applyLive(state, raise({ ...noted, revision: 4, standing, acts: [act(noted, 5, 'acknowledge')] }), NOW).alerts,
  ).toEqual([])
  expect(stageOf(state.incidents.get(noted.id)!)).toBe('new')
  applyLive(state, { t: 'act', cursor: 'c', act: { ...act(noted, 6, 'acknowledge'), revision: 3 } }, NOW)
  expect(stageOf(state.incidents.get(noted.id)!)).toBe('handled')
})

test('order: severity, then untaken, then newest', () => {
  const taken = incidentOf(anna, 'strap_open', NOW)
  taken.acts = [act(taken, 1, 'acknowledge')]
  const list = [
    incidentOf(anna, 'battery_low', NOW + 9),
    incidentOf(anna, 'off_corridor', NOW),
    taken,
    incidentOf(anna, 'off_corridor', NOW + 5),
    incidentOf(anna, 'sos', NOW - 5),
  ]
  const ordered = list.toSorted(compareIncidents).map((one) => list.indexOf(one))
  expect(ordered).toEqual([4, 2, 3, 1, 0])
})

test('a list names what was missed, and what it leaves out is to be asked for', () => {
  const state = emptyLiveState()
  const gone = incidentOf(anna, 'off_corridor', NOW)
  const kept = incidentOf(budi, 'strap_open', NOW)
  applyLive(state, raise(gone), NOW)
  applyLive(state, raise(kept), NOW)
  const missed = incidentOf(anna, 'sos', NOW)
  const before = beforeList(state)
  const published = incidentOf(budi, 'off_corridor', NOW)
  applyLive(state, raise(published), NOW)
  const { news, unnamed } = takeOpenList(state, before, [kept, missed])
  expect(news.map((one) => one.id)).toEqual([missed.id])
  expect(unnamed.map((one) => one.id)).toEqual([gone.id])
  expect(listOpen(state)).toHaveLength(4)
})

test('hello gives the clock’s offset and whether to load anew', () => {
  const state = emptyLiveState()
  const change = applyLive(state, { t: 'hello', serverMs: NOW + 5000, resumed: false, cursor: 'c' }, NOW)
  expect(change.reload).toBe(true)
  expect(state.clockOffsetMs).toBe(5000)
})

test('nothing grows without end, and what is not shown is counted', () => {
  const state = emptyLiveState()
  const { incidentsMax, incidentsSpare } = LIVE_LIMITS
  for (let i = 0; i <= incidentsMax + incidentsSpare; i++)
    applyLive(state, raise(incidentOf(anna, 'warning_ring', NOW - i, { id: `i${i}` })), NOW)
  expect(state.incidents.size).toBe(incidentsMax)
  expect([incidentsMax - 1, incidentsMax].map((i) => state.incidents.has(`i${i}`))).toEqual([true, false])
  expect(state.unshownCount).toBe(incidentsSpare + 1)
  for (let i = 0; i <= LIVE_LIMITS.actsAheadMax; i++)
    applyLive(
      state,
      { t: 'act', cursor: 'c', act: { ...act(incidentOf(anna, 'sos', NOW), i, 'note'), incidentId: `a${i}` } },
      NOW,
    )
  expect(state.actsAhead.size).toBe(LIVE_LIMITS.actsAheadMax)
})

test('a list that is too long is ordered once; the gravest stay, and the next list counts anew', () => {
  const state = emptyLiveState()
  let looks = 0
  const list = Array.from({ length: LIVE_LIMITS.incidentsMax + 2000 }, (_, i) => {
    const one = incidentOf(anna, i % 2 ? 'warning_ring' : 'off_corridor', NOW - i)
    const { severity } = one
    return Object.defineProperty(one, 'severity', {
      get() {
        looks++
        return severity
      },
    })
  })
  takeOpenList(state, beforeList(state), list)
  expect(state.incidents.size).toBe(LIVE_LIMITS.incidentsMax)
  expect(state.unshownCount).toBe(2000)
  expect(list.filter((one, i) => i % 2 === 0 && !state.incidents.has(one.id))).toEqual([])
  // A sort of 7,000 looks at each some dozens of times; one for each that is too many, some thousands.
  expect(looks / list.length).toBeLessThan(100)
  takeOpenList(state, beforeList(state), list.slice(0, 10))
  expect(state.unshownCount).toBe(0)
})

test('positions fade and become no data, but an alert stays', () => {
  const state = emptyLiveState()
  const old = row(1, NOW - 40 * MINUTE, -6)
  const alerting = row(2, NOW - 40 * MINUTE, -6)
  alerting[1] = 3
  applyLive(state, { t: 'positions', rows: [old, alerting, row(3, NOW, -6)] }, NOW)
  const states = [...state.bracelets.values()].map((bracelet) => markOf(bracelet, undefined, NOW).state)
  expect(states).toEqual(['nodata', 'kritis', 'patuh'])
  expect([0, 5, 30, 90].map((minutes) => opacityOf(NOW - minutes * MINUTE, NOW))).toEqual([
    1,
    1,
    expect.closeTo(0.45),
    expect.closeTo(0.45),
  ])
})

test('green only where nothing is open: the worst open matter is shown, hollow where it has ended untaken', () => {
  const state = emptyLiveState()
  applyLive(state, { t: 'positions', rows: [row(anna.n, NOW, -6)] }, NOW)
  const bracelet = state.bracelets.get(anna.n)
  const look = (...incidents: IncidentView[]) => markOf(bracelet, worstOpenOf(incidents).get(anna.n), NOW)
  const strap = incidentOf(anna, 'strap_open', NOW - MINUTE, { id: 'strap' })
  const closed = { ...strap, endMs: NOW - 30_000 }
  const away = incidentOf(anna, 'off_corridor', NOW - MINUTE, { id: 'away' })
  expect(look()).toEqual({ state: 'patuh', hollow: false })
  expect(look(strap)).toEqual({ state: 'kritis', hollow: false })
  expect(look(closed)).toEqual({ state: 'kritis', hollow: true })
  expect(look(closed, away)).toEqual({ state: 'kritis', hollow: true })
  expect(look({ ...closed, acts: [act(closed, 1, 'acknowledge')] }, away)).toEqual({ state: 'serius', hollow: false })
  expect(look({ ...strap, withdrawn: { reason: 'x' } })).toEqual({ state: 'patuh', hollow: false })
  expect(look(incidentOf(anna, 'battery_low', NOW, { endMs: NOW }))).toEqual({ state: 'patuh', hollow: false })
})

test('what the evaluator says is ahead of the incidents counts; what has its outcome does not', () => {
  const state = emptyLiveState()
  const alarmed = row(anna.n, NOW, -6)
  alarmed[1] = 3
  applyLive(state, { t: 'positions', rows: [alarmed] }, NOW)
  const bracelet = state.bracelets.get(anna.n)
  const strap = incidentOf(anna, 'strap_open', NOW - MINUTE, { id: 'strap' })
  const resolved = { ...strap, acts: [{ ...act(strap, 1, 'resolve'), resolution: 'alarm_palsu' as const }] }
  const look = (...incidents: IncidentView[]) => markOf(bracelet, worstOpenOf(incidents).get(anna.n), NOW).state
  expect(look()).toBe('kritis')
  expect(look(resolved)).toBe('patuh')
  expect(look(resolved, incidentOf(anna, 'off_corridor', NOW))).toBe('serius')
  expect(markOf(undefined, undefined, NOW).state).toBe('nodata')
})

test('troubles: a lost link after a moment, Redis, quiet, and the database beside them', () => {
  const ok = { liveMs: NOW, redis: 'ok' as const, database: 'ok' as const }
  expect(troublesOf('open', undefined, NOW, ok, 5, NOW)).toEqual([])
  expect(troublesOf('away', NOW - 1000, NOW, ok, 5, NOW)).toEqual([])
  expect(troublesOf('connecting', NOW - 4000, NOW - 4000, ok, 5, NOW)).toMatchObject([
    { cause: 'link', sinceMs: NOW - 4000 },
  ])
  const away = { liveMs: NOW - 9000, redis: 'away' as const, database: 'away' as const }
  expect(troublesOf('open', undefined, NOW, away, 5, NOW)).toMatchObject([{ cause: 'redis' }, { kind: 'database' }])
  const quiet = { ...ok, liveMs: NOW - 10 * MINUTE }
  expect(troublesOf('open', undefined, NOW, quiet, 5, NOW)).toMatchObject([{ cause: 'quiet' }])
  expect(troublesOf('open', undefined, NOW, quiet, 0, NOW)).toEqual([])
})

test('a moved beginning: the row, its acts and its clock go on under the successor, without an alert', () => {
  const state = emptyLiveState()
  const first = incidentOf(anna, 'inside_avoided_zone', NOW, { id: 'a', revision: 1 })
  expect(applyLive(state, raise(first), NOW).alerts).toHaveLength(1)
  applyLive(state, { t: 'act', cursor: 'c', act: act(first, 1, 'acknowledge') }, NOW)
  const withdrawn = { ...first, revision: 2, withdrawn: { reason: 'late_report' }, supersededBy: 'b' } as IncidentView
  const second = {
    ...first,
    id: 'b',
    revision: 3,
    startMs: NOW - MINUTE,
    matterId: 'a',
    successorOf: 'a',
  } as IncidentView
  for (const next of [withdrawn, second]) expect(applyLive(state, raise(next), NOW).alerts).toEqual([])
  expect(listOpen(state).map(({ id, acts }) => [id, acts.length])).toEqual([['b', 1]])
  expect(listClosed(state)).toEqual([])
  for (const id of ['a', 'b']) expect(incidentById(state, id)?.id).toBe('b')
  applyLive(state, { t: 'act', cursor: 'c', act: { ...act(second, 2, 'resolve'), matterId: 'a' } }, NOW)
  expect(listOpen(state)).toEqual([])
  // The list of open alerts names the successor only.
  const before = beforeList(state)
  expect(takeOpenList(state, before, [second])).toEqual({ news: [], unnamed: [] })
  // Withdrawn for good, it is shown until somebody has taken note.
  const other = incidentOf(budi, 'inside_avoided_zone', NOW, { id: 'c', revision: 1 })
  for (const next of [other, { ...other, revision: 2, withdrawn: { reason: 'late_report' } } as IncidentView])
    applyLive(state, raise(next), NOW)
  expect(listOpen(state).map(({ id }) => id)).toEqual(['c'])
})
