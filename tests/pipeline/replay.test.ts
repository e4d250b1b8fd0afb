// Real recordings through the real ingest, oldest first and newest first. What must come out was worked out by hand from the
// files: distances to the circles' centres; the accuracy stated (25 m where the file states none), at least 20 m, must be clear of
// the line to comply, 2.25 × as much to break a rule.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shifted } from '../../bin/commands/replay.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { readTrack, type TrackPoint } from '../../simulators/read-track.ts'
import { sendOsmand } from '../../simulators/send-osmand.ts'
import { eventually, type Pipeline, seedWearer, startPipeline, type TestCondition, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T22:00:00Z')
const circle = (lonDeg: number, latDeg: number, radiusM: number): TestCondition['shape'] => ({
  type: 'Circle',
  center: [lonDeg, latDeg],
  radiusM,
})

const RECORDINGS = [
  {
    file: 'google-timeline-zurich-1min.csv',
    // The place of the first hour, and the place of the afternoon.
    required: circle(8.54684, 47.37732, 200),
    avoided: circle(8.5528, 47.3778, 150),
    expected: [
      // 13:55:51 439 m away ±36; again at 13:58:51; first good fix inside 19:19:58 (60 m ±34), again 19:20:59. In between fixes
      // of ±600–1000 m that could be anywhere: they neither end it nor begin another.
      ['away_from_required_zone', '2012-12-18T13:55:51Z', '2012-12-18T13:58:51Z', '2012-12-18T19:19:58Z'],
      // In at 13:55:51; out for good at 15:04:40 (286 m ±55), again 15:09:41. The single fix outside at 14:39:13 ends nothing.
      ['inside_avoided_zone', '2012-12-18T13:55:51Z', '2012-12-18T13:58:51Z', '2012-12-18T15:04:40Z'],
    ],
  },
  {
    file: 'gpxpy-korita-zbevnica.gpx',
    // The place where the walk begins and ends, and the summit on the way.
    required: circle(14.0182, 45.4526, 300),
    avoided: circle(14.004156, 45.461229, 150),
    expected: [
      // 300 m and 2.25 × 25 m behind at 09:58:21, further at the next fix; 241 m at 13:12:41 on the way back, nearer at the next.
      ['away_from_required_zone', '2010-10-03T09:58:21Z', undefined, '2010-10-03T13:12:41Z'],
      // 93 m from the summit at 10:24:51, 182 m at 10:35:23.
      ['inside_avoided_zone', '2010-10-03T10:24:51Z', undefined, '2010-10-03T10:35:23Z'],
    ],
  },
] as const

let pipeline: Pipeline
const wearers = new Map<string, number>()

beforeAll(async () => {
  pipeline = await startPipeline(() => NOW_MS)
  for (const { file, required, avoided } of RECORDINGS)
    for (const order of ['oldest', 'newest']) {
      const conditions: TestCondition[] = [
        { kind: 'required', shape: required },
        { kind: 'avoided', shape: avoided },
      ]
      wearers.set(
        `${order} ${file}`,
        await seedWearer(pipeline.database.ownerPool, NOW_MS, conditions, `${order}-${file.slice(0, 6)}`, 'osmand'),
      )
    }
  await seedWearer(pipeline.database.ownerPool, NOW_MS, [], 'last')
  await untilKnown(pipeline, [{ deviceId: 'last', time: NOW_MS }])
})

afterAll(() => pipeline?.stop())

describe.each(RECORDINGS)('$file', ({ file, expected }) => {
  const { points } = readTrack(file, readFileSync(join(import.meta.dirname, '../tracks', file), 'utf8'))
  const newestMs = Math.max(...points.map((point) => point.timeMs))
  const byMs = NOW_MS - newestMs

  test.each(['oldest', 'newest'] as const)('%s first gives the incidents of the file', async (order) => {
    const deviceId = `${order}-${file.slice(0, 6)}`
    await replay(deviceId, shifted(points, NOW_MS), order)
    const identities = new Set(points.map(({ timeMs, latDeg, lonDeg }) => `${timeMs} ${latDeg} ${lonDeg}`)).size
    const wearerId = wearers.get(`${order} ${file}`)!
    await eventually(async () => {
      const { rows } = await pipeline.database.ownerPool.query(
        'SELECT count(*)::int AS n FROM fix WHERE wearer_id = $1',
        [wearerId],
      )
      return rows[0].n === identities
    }, 'every point is stored once')
    // Newest first others stand meanwhile, which are withdrawn again.
    await eventually(async () => {
      const found = zoneIncidents([...(await pipeline.incidents()).values()], wearerId)
      const active = found.map(({ type, startMs, endMs = Number.NaN }) => `${type} ${startMs - byMs} ${endMs - byMs}`)
      const right = expected.map(([type, start, , end]) => `${type} ${Date.parse(start)} ${Date.parse(end)}`)
      return active.sort().join() === right.sort().join()
    }, 'the incidents')
    const found = zoneIncidents([...(await pipeline.incidents()).values()], wearerId)
    for (const [i, [type, start, confirmed, end]] of expected.entries()) {
      const incident = found.find((each) => each.type === type)!
      expect([i, iso(incident.startMs - byMs), iso(incident.endMs! - byMs)]).toEqual([
        i,
        iso(Date.parse(start)),
        iso(Date.parse(end)),
      ])
      if (confirmed !== undefined) expect(iso(incident.confirmedMs - byMs)).toBe(iso(Date.parse(confirmed)))
    }
  })

  test('both orders end in the same incidents', async () => {
    const all = [...(await pipeline.incidents()).values()]
    const [oldest, newest] = ['oldest', 'newest'].map((order) =>
      activeIncidents(all, wearers.get(`${order} ${file}`)!)
        .map(({ type, startMs, confirmedMs, endMs, depthM }) => [type, startMs, confirmedMs, endMs, depthM])
        .sort(),
    )
    expect(newest).toEqual(oldest)
  })
})

async function replay(deviceId: string, points: TrackPoint[], order: 'oldest' | 'newest'): Promise<void> {
  const sorted = points.toSorted((a, b) => (order === 'oldest' ? a.timeMs - b.timeMs : b.timeMs - a.timeMs))
  const target = { url: `http://127.0.0.1:${pipeline.ingest.ports.osmand}/`, deviceId, token: `secret-${deviceId}` }
  for (const point of sorted)
    await sendOsmand(target, point, () => {
      throw new Error('a point was not answered at once')
    })
}

function activeIncidents(incidents: Incident[], wearerId: number): Incident[] {
  return incidents.filter(
    (each) => each.wearerId === wearerId && each.withdrawn === undefined && each.type !== 'no_communication',
  )
}

function zoneIncidents(incidents: Incident[], wearerId: number): Incident[] {
  return activeIncidents(incidents, wearerId).filter(
    ({ type }) => type === 'away_from_required_zone' || type === 'inside_avoided_zone',
  )
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
