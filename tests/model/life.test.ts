// The life of an incident: one truth for the console, notify, the API and the record.
import { describe, expect, test } from 'vitest'
import { INCIDENT_TYPES, type IncidentType } from '../../model/incident/incident.ts'
import { type ActFacts, type LivedIncident, lifeOf, type Revised, standingAfter } from '../../model/incident/life.ts'
import { comparePlaces, type QueuePlace, queueGroupOf, worstOpenOf } from '../../model/incident/queue-order.ts'
import { sopOf } from '../../model/incident/response.ts'
import { LEVELS, SOPS, type Sop } from '../../model/incident/sop-table.ts'

const T = Date.UTC(2026, 10, 23, 13)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Step = Partial<Revised> & { atMs: number }
/** An incident after these revisions, each known at its time. */
function lived(steps: readonly Step[], acts: readonly ActFacts[] = [], type: IncidentType = 'strap_open') {
  let known: LivedIncident | undefined
  for (const [i, { atMs, ...changes }] of steps.entries()) {
    const revised: Revised = { type, severity: INCIDENT_TYPES[type].severity, revision: i + 1, ...changes }
    const before = known && { revised: known, standing: known.standing }
    known = { ...revised, standing: standingAfter(before, revised, atMs), acts }
  }
  return { id: 'i', ...known! }
}
const act = (actId: number, action: ActFacts['action'], atMs: number, more: Partial<ActFacts> = {}): ActFacts => ({
  ...{ actId, action, atMs, revision: 1 },
  ...more,
})
const withdrawn = { reason: 'late_report' }

describe('clocks', () => {
  test('a strap must be taken within four minutes of when it could be known, and resolved thirty minutes after that', () => {
    const raised = lived([{ atMs: T }])
    expect(lifeOf(raised).clock).toEqual({ which: 'take', fromMs: T, dueMs: T + 4 * MINUTE })
    const taken = lived([{ atMs: T }], [act(1, 'acknowledge', T + 3 * MINUTE)])
    expect(lifeOf(taken).clock).toEqual({ which: 'handle', fromMs: T + 3 * MINUTE, dueMs: T + 33 * MINUTE })
    expect(lifeOf(lived([{ atMs: T }], [act(1, 'note', T)])).clock).toMatchObject({ which: 'take' })
    expect(lifeOf(lived([{ atMs: T }], [...taken.acts, act(2, 'resolve', T)])).clock).toBeUndefined()
  })

  test('who takes it again does not prolong the clock', () => {
    const acts = [
      act(1, 'acknowledge', T + MINUTE),
      act(2, 'escalate', T + 20 * MINUTE),
      act(3, 'acknowledge', T + HOUR),
    ]
    expect(lifeOf(lived([{ atMs: T }], acts)).clock).toMatchObject({ dueMs: T + 31 * MINUTE })
  })

  test('the end stops the clocks of serius and not of kritis', () => {
    const endMs = T + MINUTE
    const ended = (type: IncidentType) => lifeOf(lived([{ atMs: T }, { atMs: T + MINUTE, endMs }], [], type))
    expect(ended('off_corridor')).toMatchObject({ stage: 'new', open: true })
    expect(ended('off_corridor').clock).toBeUndefined()
    expect(ended('sos').clock).toEqual({ which: 'take', fromMs: T, dueMs: T + 2 * MINUTE })
    expect(ended('battery_low').open).toBe(false)
  })

  test('one that goes on after an end that had stopped its clock begins anew; one whose clock had not stopped does not', () => {
    const steps = [{ atMs: T }, { atMs: T + MINUTE, endMs: T + MINUTE }, { atMs: T + HOUR }]
    expect(lifeOf(lived(steps, [], 'off_corridor')).clock).toMatchObject({ fromMs: T + HOUR })
    expect(lifeOf(lived(steps, [], 'strap_open')).clock).toMatchObject({ fromMs: T })
  })

  test('graver: the clock begins anew; less grave: it goes on', () => {
    const graver = [
      { atMs: T, severity: 'informasi' as const },
      { atMs: T + HOUR, severity: 'serius' as const },
    ]
    expect(lifeOf(lived(graver, [], 'no_fix')).clock).toEqual({
      ...{ which: 'take', fromMs: T + HOUR, dueMs: T + HOUR + 15 * MINUTE },
    })
    expect(lifeOf(lived([{ atMs: T }, { atMs: T + HOUR, severity: 'serius' }])).clock).toMatchObject({ fromMs: T })
  })
})

describe('withdrawal and recurrence', () => {
  const reinstated = [{ atMs: T }, { atMs: T + MINUTE, withdrawn }, { atMs: T + HOUR }]

  test('a withdrawn one is nobody’s concern; reinstated, it has to be taken again', () => {
    const acts = [act(1, 'acknowledge', T), act(2, 'acknowledge', T + 2 * MINUTE, { revision: 2 })]
    expect(lifeOf(lived(reinstated.slice(0, 2), acts))).toEqual({
      ...{ stage: 'handled', open: false, reopened: false, reinstated: false },
    })
    expect(lifeOf(lived(reinstated, acts))).toEqual({
      ...{ stage: 'new', open: true, reopened: false, reinstated: true },
      clock: { which: 'take', fromMs: T + HOUR, dueMs: T + HOUR + 4 * MINUTE },
    })
    const taken = lived(reinstated, [...acts, act(3, 'acknowledge', T + HOUR, { revision: 3 })])
    expect(lifeOf(taken)).toMatchObject({ stage: 'handled', reinstated: true, clock: { which: 'handle' } })
  })

  test('an act of an older version takes the incident as it was, and not its reinstatement', () => {
    const { revision: _, ...old } = act(1, 'acknowledge', T)
    expect(lifeOf(lived([{ atMs: T }], [old])).stage).toBe('handled')
    expect(lifeOf(lived(reinstated, [old])).stage).toBe('new')
  })

  test('raised anew after its resolution: open again, from when the recurrence could be known', () => {
    const acts = [act(1, 'acknowledge', T), act(2, 'resolve', T + MINUTE)]
    const again = lived([{ atMs: T }, { atMs: T + HOUR, signs: 2 }], acts)
    expect(lifeOf(again)).toEqual({
      ...{ stage: 'new', open: true, reopened: true, reinstated: false },
      clock: { which: 'take', fromMs: T + HOUR, dueMs: T + HOUR + 4 * MINUTE },
    })
    const resolved = lived([{ atMs: T }, { atMs: T + HOUR, signs: 2 }], [...acts, act(3, 'resolve', T, { signs: 2 })])
    expect(lifeOf(resolved)).toMatchObject({ stage: 'closed', open: false, reopened: false })
  })

  test('a recurrence that the resolution did not know of counts from the resolution', () => {
    const late = lived([{ atMs: T }, { atMs: T + MINUTE, signs: 2 }], [act(1, 'resolve', T + HOUR)])
    expect(lifeOf(late).clock).toMatchObject({ which: 'take', fromMs: T + HOUR })
  })
})

describe('queue', () => {
  /** The place of an incident that leads a row of its own. */
  const placeOf = (incident: LivedIncident & { id: string }): QueuePlace => {
    const life = lifeOf(incident)
    const { id, severity, standing } = incident
    return { group: queueGroupOf(incident, life), dueMs: life.clock?.dueMs, severity, fromMs: standing.fromMs, id }
  }
  const at = (id: string, incident: LivedIncident) => ({ ...incident, id })
  const ordered = (list: readonly (LivedIncident & { id: string })[]) =>
    list
      .map(placeOf)
      .sort(comparePlaces)
      .map(({ id }) => id)

  test('an SOS still pressed comes before an ended entry of 24 seconds, however long that is overdue', () => {
    const ended = at('ended', lived([{ atMs: T - HOUR }, { atMs: T - HOUR + 24_000, endMs: T - HOUR + 24_000 }]))
    const sos = at('sos', lived([{ atMs: T - 27 * MINUTE }], [], 'sos'))
    expect(ordered([ended, sos])).toEqual(['sos', 'ended'])
  })

  test('groups, inside by due time, the longest overdue first; what has no clock last of its group', () => {
    const handled = [act(1, 'acknowledge', T)]
    const list = [
      at('read', lived([{ atMs: T - HOUR }], [], 'battery_low')),
      at('handled', lived([{ atMs: T - HOUR }], handled)),
      at('handled longer', lived([{ atMs: T - HOUR }], handled, 'off_corridor')),
      at('ended serius', lived([{ atMs: T - HOUR }, { atMs: T, endMs: T }], [], 'off_corridor')),
      at('ended strap', lived([{ atMs: T }, { atMs: T, endMs: T }])),
      at('serius', lived([{ atMs: T - 2 * MINUTE }], [], 'off_corridor')),
      at('newest strap', lived([{ atMs: T }])),
      at('overdue strap', lived([{ atMs: T - HOUR }])),
      at('withdrawn', lived([{ atMs: T - HOUR }, { atMs: T, withdrawn }])),
    ]
    expect(ordered(list)).toEqual([
      ...['overdue strap', 'newest strap', 'serius', 'read', 'ended strap', 'ended serius', 'handled'],
      ...['handled longer', 'withdrawn'],
    ])
    expect(ordered(list.toReversed())).toEqual(ordered(list))
    expect(queueGroupOf(list.at(-1)!)).toBe('withdrawn')
  })

  test('the worst open matter: a cut strap that closed again is hollow and red, not green', () => {
    const of = (wearerId: number, incident: LivedIncident) => ({ ...incident, wearerId })
    const closedAgain = lived([{ atMs: T }, { atMs: T, endMs: T }])
    const taken = [act(1, 'acknowledge', T)]
    const worst = worstOpenOf([
      of(1, closedAgain),
      of(1, lived([{ atMs: T }], [], 'battery_low')),
      of(2, closedAgain),
      of(2, lived([{ atMs: T }], [], 'sos')),
      of(3, lived([{ atMs: T }], [act(1, 'resolve', T)])),
      of(4, lived([{ atMs: T }, { atMs: T, endMs: T }], taken, 'off_corridor')),
      lived([{ atMs: T }], [], 'fleet_silence'),
    ])
    expect(Object.fromEntries(worst)).toEqual({
      1: { open: { severity: 'kritis', ended: true } },
      2: { open: { severity: 'kritis', ended: false } },
      3: { resolved: 'kritis' },
    })
  })
})

describe('the SOP table', () => {
  test('times of the domain by type', () => {
    const times = (type: IncidentType) => {
      const { takenWithinMs, handledWithinMs, next } = sopOf({ type, severity: 'serius' })
      return [takenWithinMs, handledWithinMs, ...next.flatMap(({ level, afterMs }) => [level, afterMs / MINUTE])].map(
        (each) => (typeof each === 'number' && each > 1000 ? each / MINUTE : each),
      )
    }
    expect(times('strap_open')).toEqual([4, 30, 'kasubsi', 4, 'kepala_bapas', 10])
    expect(times('sos')).toEqual([2, 20, 'kasubsi', 2, 'kepala_bapas', 8])
    expect(times('inside_avoided_zone')).toEqual([4, 30, 'kasubsi', 4, 'kepala_bapas', 10])
    expect(times('off_corridor')).toEqual([15, 120, 'kasubsi', 15])
    for (const type of ['location_unverifiable', 'no_fix', 'suspected_jamming', 'forgery_suspected'] as const)
      expect(times(type)).toEqual([15, 240, 'kasubsi', 15])
    expect(times('no_communication')).toEqual([15, 240, 'kasubsi', 15])
    expect(times('fleet_silence')).toEqual([15, undefined, 'kepala_bapas', 30])
    expect(times('battery_dead')).toEqual([30, 360, 'kasubsi', 120])
    expect(sopOf({ type: 'strap_open', severity: 'informasi' })).toEqual(SOPS.read)
  })

  test('what is kritis has no more time than a cut strap, whatever its type', () => {
    for (const type of Object.keys(INCIDENT_TYPES) as IncidentType[])
      expect(sopOf({ type, severity: 'kritis' }).takenWithinMs).toBeLessThanOrEqual(4 * MINUTE)
  })

  test('levels rise, in time too', () => {
    for (const { next } of Object.values<Sop>(SOPS))
      for (const [i, { level, afterMs }] of next.entries()) {
        expect(level).not.toBe('petugas')
        if (i === 0) continue
        expect(LEVELS.indexOf(level)).toBeGreaterThan(LEVELS.indexOf(next[i - 1]!.level))
        expect(afterMs).toBeGreaterThan(next[i - 1]!.afterMs)
      }
  })
})
