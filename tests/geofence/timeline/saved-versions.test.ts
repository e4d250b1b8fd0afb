// Timelines saved by this program's version and by older ones, read by this program. tests/golden/timeline-<version>.json is what
// that version saved; a new version's is made by UPDATE_GOLDEN=1 npx vitest run tests/geofence/timeline/saved-versions.test.ts
// What older ones saved is never written again, but what is expected of them is: look at the difference, a verdict has changed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { ENGINE_VERSION } from '../../../geofence/parameters.ts'
import { type Converters, TIMELINE_VERSION, toCurrent } from '../../../geofence/timeline/saved-versions.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { decodeTimeline, TimelineUnreadable } from '../../../geofence/timeline/timeline-codec.ts'
import { ownSeat } from '../../../geofence/timeline/timeline-memory.ts'
import type { Incident } from '../../../model/incident/incident.ts'
import { DAY, eventfulLife, everyRule, fix, HOUR, MINUTE, WEARER } from '../make-reports.ts'

const FOLDER = join(import.meta.dirname, '../../golden')
const START = Date.UTC(2026, 2, 3, 6)
const REPORTS = 400
const OPTIONS = { retainMs: 2 * HOUR, retainEventsMax: 10_000 }
const rules = everyRule(START, 3 * DAY)
const plan = () => compileDocument(rules.plan, rules.zones)

type Golden = {
  state: string
  buckets: [key: number, bytes: string][]
  /** What stood within its memory, and what came of the reports that followed. */
  standing: Incident[]
  after: Incident[]
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

/** Goes on after the save: far from home, so that whatever was open is decided further. */
function goOn(timeline: WearerTimeline): Incident[] {
  const lastMs = life.at(-1)!.timeMs
  for (let minute = 1; minute <= 90; minute++) timeline.offer(fix(lastMs + minute * MINUTE, 4000, 0))
  return timeline.takeChanges()
}

const life = eventfulLife(3, START, REPORTS)

function saved(): { timeline: WearerTimeline; state: Uint8Array; buckets: Map<number, Uint8Array> } {
  const timeline = new WearerTimeline(WEARER, plan(), OPTIONS)
  for (const report of life) timeline.offer(report)
  timeline.takeChanges()
  const state = timeline.encodeState()
  return { timeline, state, buckets: new Map(timeline.dirtyBuckets()) }
}

const restored = (state: Uint8Array, buckets: Map<number, Uint8Array>) =>
  WearerTimeline.decode(WEARER, plan(), state, buckets, OPTIONS)

const currentFile = join(FOLDER, `timeline-${TIMELINE_VERSION}.json`)
const goldens = () => readdirSync(FOLDER).filter((name) => /^timeline-\d+\.json$/.test(name))
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Golden

function timelineOf({ state, buckets }: Pick<Golden, 'state' | 'buckets'>): WearerTimeline {
  return restored(bytesOf(state), new Map(buckets.map(([key, bytes]) => [key, bytesOf(bytes)])))
}

function written({ state, buckets }: Pick<Golden, 'state' | 'buckets'>): string {
  const timeline = timelineOf({ state, buckets })
  return `${JSON.stringify({ state, buckets, standing: timeline.activeIncidents(), after: goOn(timeline) }, null, 1)}\n`
}

if (process.env.UPDATE_GOLDEN === '1') {
  if (!existsSync(currentFile)) {
    const { state, buckets } = saved()
    const encoded = [...buckets].map(([key, bytes]): [number, string] => [key, base64(bytes)])
    writeFileSync(currentFile, written({ state: base64(state), buckets: encoded }))
  }
  for (const name of goldens()) writeFileSync(join(FOLDER, name), written(read(name)))
}

describe('saved timelines', () => {
  test('the golden file of this version is there', () => {
    expect(existsSync(currentFile)).toBe(true)
  })

  test.each(goldens())(
    '%s: what was active stays active, and what follows is decided as it would have been',
    (name) => {
      const golden = read(name)
      expect(golden.standing.length).toBeGreaterThan(3)
      const timeline = timelineOf(golden)
      expect(timeline.activeIncidents()).toEqual(golden.standing)
      // Changes are decided by today's engine.
      expect(goOn(timeline)).toEqual(golden.after.map((one) => ({ ...one, engineVersion: ENGINE_VERSION })))
    },
  )
})

describe('a version before', () => {
  const OLD = TIMELINE_VERSION - 1
  // As if the version before had written every part backwards.
  const backwards = (bytes: Uint8Array) => Uint8Array.from(bytes).reverse()
  const converters: Converters = { [OLD]: { head: backwards, base: backwards, plans: backwards, hour: backwards } }
  const asOld = (bytes: Uint8Array) => Uint8Array.from([OLD, ...backwards(bytes.subarray(1))])

  test('is converted, and saved whole in this one with the next checkpoint', () => {
    const { state, buckets } = saved()
    const old = new Map([...buckets].map(([key, bytes]) => [key, key < 0 ? asOld(bytes) : backwards(bytes)]))
    const seat = ownSeat()
    const parts = decodeTimeline(WEARER, plan(), asOld(state), old, seat, converters)
    const timeline = new WearerTimeline(WEARER, plan(), OPTIONS, seat, parts)
    expect(timeline.encodeState()).toEqual(state)
    const again = new Map(timeline.dirtyBuckets())
    expect(again).toEqual(buckets)
    expect(restored(state, again).activeIncidents()).toEqual(restored(state, buckets).activeIncidents())
  })

  test('one that no converter begins with is unreadable, also a later one', () => {
    const { state, buckets } = saved()
    for (const version of [0, 6, TIMELINE_VERSION + 1]) {
      const other = Uint8Array.from(state)
      other[0] = version
      expect(() => restored(other, buckets)).toThrow(TimelineUnreadable)
    }
    expect(() => toCurrent('head', 0, state, converters)).toThrow(/version 0/)
  })
})
