// A timeline on disk. Versioned (saved-versions.ts); every part but the hours starts with the version it was written in, and the
// hours are of the state's version: a timeline of an older one is saved whole with its next checkpoint.
//
//   state   u8 version | u32 segment | f64 clock | f64 base | head state | outcomes as JSON      200–400 bytes with nothing open
//   plans   u8 version | JSON [[from ms or null, plan], …]                                        written when a plan changes
//   base    u8 version | u32 segment | f64 base | base state                                      written once an hour
//   hour    rows of report-chunks.ts                                                             52 bytes a report
import type { Plan } from '../../model/plan/plan.ts'
import { decodeWearerState, encodeWearerState } from '../fold/state/state-codec.ts'
import { ByteReader, ByteWriter } from '../memory/bytes.ts'
import { type CompiledPlan, compilePlan } from '../plan/compile-plan.ts'
import { PlanInvalid } from '../plan/plan-rules.ts'
import { EventBuckets } from './event-buckets.ts'
import { Outcomes } from './outcomes.ts'
import type { FoldHead, PlanSegment } from './plan-segments.ts'
import { BUCKET_MS } from './report-chain.ts'
import { CONVERTERS, type Converters, type SavedPart, TIMELINE_VERSION, toCurrent } from './saved-versions.ts'
import type { Seat, TimelineParts } from './timeline-memory.ts'

/** Keys among the hour buckets that are none. */
export const PSEUDO_BUCKET = { plans: -1, base: -2 } as const

/** A saved timeline that this program cannot read; the caller folds anew from the stored track. */
export class TimelineUnreadable extends Error {
  override name = 'TimelineUnreadable'
}

export function encodeHead(parts: TimelineParts): Uint8Array {
  const out = new ByteWriter()
  out.u8(TIMELINE_VERSION)
  out.f64(parts.clockMs)
  writeState(out, parts, parts.head.segment, encodeWearerState(parts.head.state, parts.head.segment.plan))
  out.text(parts.outcomes.size === 0 ? '' : parts.outcomes.toJson())
  return out.take()
}

export function encodeBase(parts: TimelineParts): Uint8Array {
  const out = new ByteWriter()
  out.u8(TIMELINE_VERSION)
  out.f64(parts.baseMs)
  writeState(out, parts, parts.base.segment, parts.base.bytes)
  return out.take()
}

export function encodePlans({ segments }: TimelineParts): Uint8Array {
  const out = new ByteWriter()
  out.u8(TIMELINE_VERSION)
  out.text(JSON.stringify(segments.map(({ fromMs, plan }) => [Number.isFinite(fromMs) ? fromMs : null, plan.source])))
  return out.take()
}

/** Throws TimelineUnreadable: a part is missing, cut, of an unknown version, or names a zone that is gone. */
export function decodeTimeline(
  wearerId: number,
  plan: CompiledPlan,
  stateBytes: Uint8Array,
  buckets: Map<number, Uint8Array>,
  seat: Seat,
  converters: Converters = CONVERTERS,
): TimelineParts {
  try {
    const plansBytes = partOf(buckets, PSEUDO_BUCKET.plans)
    const baseBytes = partOf(buckets, PSEUDO_BUCKET.base)
    const segments = readPlans(plan, plansBytes, converters)
    const from = opened('head', stateBytes, converters)
    const clockMs = from.f64()
    const head = readFoldHead(from, wearerId, segments, seat)
    const outcomesJson = from.text()
    const baseFrom = opened('base', baseBytes, converters)
    const baseMs = baseFrom.f64()
    const { state, segment } = readFoldHead(baseFrom, wearerId, segments)
    const base = { cursorMs: state.cursorMs, bytes: encodeWearerState(state, segment.plan), segment }
    const events = new EventBuckets(seat.chunks, seat.hot, seat.at)
    for (const [startMs, bytes] of buckets)
      if (startMs + BUCKET_MS > baseMs && startMs >= 0)
        events.restore(startMs, toCurrent('hour', stateBytes[0]!, bytes, converters))
    const outcomes = outcomesJson === '' ? new Outcomes() : Outcomes.fromJson(outcomesJson)
    const converted = [stateBytes, baseBytes, plansBytes].some(([version]) => version !== TIMELINE_VERSION)
    if (converted) events.markAllDirty()
    return { segments, head, base, baseMs, clockMs, events, outcomes, converted }
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof PlanInvalid || cause instanceof SyntaxError)
      throw new TimelineUnreadable(`wearer ${wearerId}: ${cause.message}`, { cause })
    throw cause
  }
}

/** The plans that held, newest last, including replaced ones; none where the part cannot be read. */
export function savedPlans(buckets: Map<number, Uint8Array>): Plan[] {
  try {
    return readSources(partOf(buckets, PSEUDO_BUCKET.plans)).map(([, plan]) => plan)
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return [] // decodeTimeline says why
    throw error
  }
}

function writeState(out: ByteWriter, { segments }: TimelineParts, segment: PlanSegment, state: Uint8Array): void {
  // From the end: the oldest segments are dropped without the head being written again.
  out.u32(segments.length - 1 - segments.indexOf(segment))
  out.bytes(state)
}

function readFoldHead(from: ByteReader, wearerId: number, segments: PlanSegment[], seat?: Seat): FoldHead {
  const segment = segments[segments.length - 1 - from.u32()]
  if (!segment) throw new RangeError('state of a plan that was not saved')
  return { state: decodeWearerState(wearerId, segment.plan, from.bytes(), seat?.hot, seat?.at), segment }
}

function readPlans(current: CompiledPlan, bytes: Uint8Array, converters: Converters): PlanSegment[] {
  return readSources(bytes, converters).map(([fromMs, source]) => {
    const plan = compilePlan(source, current.zoneOf, current.horizon)
    return { fromMs: fromMs ?? -Infinity, plan: plan.hash === current.hash ? current : plan }
  })
}

function readSources(bytes: Uint8Array, converters = CONVERTERS): [fromMs: number | null, Plan][] {
  return JSON.parse(opened('plans', bytes, converters).text()) as [number | null, Plan][]
}

function opened(part: SavedPart, bytes: Uint8Array, converters: Converters): ByteReader {
  const version = new ByteReader(bytes).u8()
  return new ByteReader(toCurrent(part, version, bytes.subarray(1), converters))
}

function partOf(buckets: Map<number, Uint8Array>, key: number): Uint8Array {
  const bytes = buckets.get(key)
  if (!bytes) throw new RangeError(`part ${key} was not saved`)
  return bytes
}
