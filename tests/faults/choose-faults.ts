// Which faults happen when: all of it from one seed.
import { type Random, randomOf } from '../../simulators/random.ts'
import { SLOTS } from './world.ts'

export const PROCESS_NAMES = ['ingest', 'evaluate-1', 'evaluate-2', 'record', 'api'] as const
export type ProcessName = (typeof PROCESS_NAMES)[number]

/** `atMs` counts from the fleet's first moment, `forMs` until it is mended; both in real milliseconds. */
export type Fault = { atMs: number; forMs: number } & (
  | { kind: 'kill' | 'pause'; what: ProcessName }
  | { kind: 'redis-kill' | 'store-kill' | 'store-stop' }
  /** The disk of the log is full; Redis ends at its next write and is started again and again. */
  | { kind: 'redis-disk-full' }
  /** Every connection between fleet and ingest is cut after half of its next chunk; `side` says whose chunk. */
  | { kind: 'cut'; side: 'fleet' | 'server' }
)

/** So many scripts of each slot of a world share its fleet and its undisturbed run. */
const SCRIPTS_PER_SLOT = 7
const FAULTS_MIN = 2
const FAULTS_MAX = 5
const BETWEEN_MS = 300

export function worldSeedOf(scriptSeed: number): number {
  return Math.floor(scriptSeed / (SCRIPTS_PER_SLOT * SLOTS))
}

/** Scripts of one round run one after the other in one server. */
export function roundOf(scriptSeed: number): number {
  return Math.floor(scriptSeed / SLOTS)
}

export function slotOf(scriptSeed: number): number {
  return scriptSeed % SLOTS
}

/** Two to five faults within `spanMs`, in order; the same thing is never struck while it is down. */
export function chooseFaults(scriptSeed: number, spanMs: number): Fault[] {
  const random = randomOf(scriptSeed * 2 + 1)
  const faults: Fault[] = []
  const wanted = random.integer(FAULTS_MIN, FAULTS_MAX + 1)
  while (faults.length < wanted) {
    const fault = oneFault(random, spanMs)
    const busy = faults.some(
      (other) =>
        targetOf(other) === targetOf(fault) && apart(other, fault) < Math.max(other.forMs, fault.forMs) + BETWEEN_MS,
    )
    if (!busy) faults.push(fault)
  }
  return faults.sort((a, b) => a.atMs - b.atMs)
}

function oneFault(random: Random, spanMs: number): Fault {
  const atMs = Math.round(random.between(0.03, 0.9) * spanMs)
  const lasting = (fromMs: number, toMs: number) => Math.round(random.between(fromMs, toMs))
  const chance = random.next()
  if (chance < 0.42) return { kind: 'kill', what: random.pick(PROCESS_NAMES), atMs, forMs: lasting(0, 1500) }
  if (chance < 0.6) return { kind: 'pause', what: random.pick(PROCESS_NAMES), atMs, forMs: lasting(100, 2500) }
  if (chance < 0.72) return { kind: 'redis-kill', atMs, forMs: lasting(0, 1200) }
  if (chance < 0.79) return { kind: 'redis-disk-full', atMs, forMs: lasting(300, 2000) }
  if (chance < 0.84) return { kind: 'store-stop', atMs, forMs: lasting(300, 3000) }
  if (chance < 0.88) return { kind: 'store-kill', atMs, forMs: lasting(0, 1500) }
  return { kind: 'cut', side: random.next() < 0.5 ? 'fleet' : 'server', atMs, forMs: 0 }
}

/** What the fault strikes; one thing is struck and mended before it is struck again. */
export function targetOf(fault: Fault): string {
  return 'what' in fault ? fault.what : fault.kind.replace(/-.*/, '')
}

function apart(a: Fault, b: Fault): number {
  return Math.abs(a.atMs - b.atMs)
}

/** One line for people: `kill evaluate-1 at 3.2 s for 0.4 s`. */
export function faultText(fault: Fault): string {
  const what = 'what' in fault ? ` ${fault.what}` : 'side' in fault ? ` in the ${fault.side}'s frame` : ''
  const span = fault.forMs > 0 ? ` for ${(fault.forMs / 1000).toFixed(1)} s` : ''
  return `${fault.kind}${what} at ${(fault.atMs / 1000).toFixed(1)} s${span}`
}
