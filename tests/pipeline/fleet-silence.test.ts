import { afterEach, describe, expect, test } from 'vitest'
import type { LoggedIncident } from '../../model/incident/incident.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { UNITS_SHARD } from '../../stream/redis/keys.ts'
import { eventually } from './run-pipeline.ts'
import { at, newest, openSilentUnits, type SilentUnits } from './silent-units.ts'

const SHARDS = 4
const BAPAS = 'dj.jabar.bandung'
const OTHER = 'dj.jabar.bogor'
/** Twelve over all shards, and eight of another Bapas on the same ones. */
const OURS = Array.from({ length: 12 }, (_, i) => i + 1)
const THEIRS = Array.from({ length: 8 }, (_, i) => i + 101)
const [lost, dead] = OURS as [number, number]
const BACK = OURS.slice(2)
const SPEAKING = THEIRS.slice(1)

let units: SilentUnits
afterEach(() => units.close())

const singles = (incidents: readonly LoggedIncident[]) =>
  incidents.filter(({ type }) => type === 'no_communication').map((incident) => incident.wearerId)

/** The outage of twelve, ten of which come back; `between` happens after every step. */
async function playOutage(between: (step: number) => Promise<void>): Promise<LoggedIncident[]> {
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      await units.go(0, [...OURS, ...THEIRS])
      await units.judged()
    },
    async () => {
      await units.go(9, SPEAKING)
      await eventually(() => units.outage(BAPAS), 'the outage')
    },
    async () => {
      // Long past everybody's own time: whoever is not part of it is missed alone.
      await units.go(20, SPEAKING)
      await units.judged()
      await units.go(20.3, SPEAKING)
      await eventually(async () => singles(await units.logged()).includes(THEIRS[0]), 'one of the other Bapas')
      await units.judged()
    },
    async () => {
      await units.go(21, [...BACK, ...SPEAKING])
      await eventually(async () => (await units.outage(BAPAS))?.fewSinceMs === at(21), 'few are silent')
    },
    ...[28, 35].map((minute) => async () => {
      await units.go(minute, [...BACK, ...SPEAKING])
      await units.judged()
    }),
    async () => {
      await units.go(42, [...BACK, ...SPEAKING])
      await units.judged()
      await units.go(42.3, [...BACK, ...SPEAKING])
      await eventually(async () => singles(await units.logged()).length >= 3, 'the two that are still silent')
    },
  ]
  for (const [i, step] of steps.entries()) {
    await step()
    await between(i)
  }
  return units.logged()
}

function expectOneOutage(logged: readonly LoggedIncident[]): void {
  const outages = logged.filter(({ type }) => type === 'fleet_silence')
  // Shards publish their counts one after the other: it may have been published again once, when twice as many were silent.
  expect(outages.length).toBeLessThanOrEqual(3)
  expect(outages.map(({ revision }) => revision)).toEqual(outages.map((_, i) => i + 1))
  expect(new Set(outages.map(({ id }) => id)).size).toBe(1)
  expect(outages.map(({ endMs }) => endMs)).toEqual([...outages.slice(1).map(() => undefined), at(21)])
  expect(outages[0]).toMatchObject({ unitPath: BAPAS, severity: 'serius', startMs: at(0), confirmedMs: at(9) })
  // Nobody of the unit was blamed while it lasted; who is silent after it gets their own, once, from when it was over.
  expect(singles(logged).sort()).toEqual([lost, dead, THEIRS[0]].sort())
  const own = logged.filter(({ type, wearerId }) => type === 'no_communication' && wearerId !== THEIRS[0])
  for (const incident of own) {
    expect(incident).toMatchObject({ startMs: at(0), revision: 1 })
    expect([at(42), at(42.3)]).toContain(incident.confirmedMs)
  }
}

describe('a whole Bapas silent', () => {
  test('is one incident of the unit; whoever is still silent after it gets their own', async () => {
    units = await openSilentUnits(SHARDS, { [BAPAS]: OURS, [OTHER]: THEIRS })
    const evaluator = await units.start('one')
    expectOneOutage(await playOutage(async () => undefined))
    const log = await readIncidents(units.redis.redis, units.redis.keys, UNITS_SHARD, '0-0', { count: 1000 })
    expect(log.some(({ json }) => json.includes('fleet_silence'))).toBe(true)
    await evaluator.stop()
  })

  test('is the same one however often evaluators die: shards and units judged now here, now there', async () => {
    units = await openSilentUnits(SHARDS, { [BAPAS]: OURS, [OTHER]: THEIRS })
    let process = await units.start('p0')
    const spare = await units.start('spare')
    const logged = await playOutage(async (step) => {
      await process.kill()
      process = await units.start(`p${step + 1}`)
    })
    expectOneOutage(logged)
    await process.stop()
    await spare.stop()
  }, 60_000)

  test('who had been raised alone before it was known is withdrawn with the reason, and is reinstated after it', async () => {
    // Without a grace everybody is missed in the moment in which the outage could be known.
    units = await openSilentUnits(SHARDS, { [BAPAS]: OURS }, { reportIntervalMs: 8 * 60_000, silenceGraceMs: 0 })
    const evaluator = await units.start('one')
    await units.go(0, OURS)
    await units.judged()
    await units.go(9)
    await eventually(
      async () =>
        newest(await units.logged()).filter(({ withdrawn }) => withdrawn?.reason === 'fleet_silence').length === 12,
      'twelve withdrawn',
    )
    await units.go(10, BACK)
    await eventually(async () => (await units.outage(BAPAS))?.fewSinceMs === at(10), 'few are silent')
    for (const minute of [17, 24]) {
      await units.go(minute, BACK)
      await units.judged()
    }
    await units.go(31, BACK)
    const active = await eventually(async () => {
      const own = newest(await units.logged()).filter((each) => each.type !== 'fleet_silence' && !each.withdrawn)
      return own.length === 2 && own
    }, 'two stand again')
    expect(active.map(({ wearerId }) => wearerId).sort()).toEqual([lost, dead])
    for (const each of active) expect(each).toMatchObject({ startMs: at(0), confirmedMs: at(31), revision: 3 })
    const own = (await units.logged()).filter(({ wearerId }) => wearerId === BACK[0])
    expect(own.map(({ revision }) => revision)).toEqual([1, 2])
    await evaluator.stop()
  })
})

describe('listening', () => {
  const THREE = [1, 2, 3]

  test('a shard taken over at once postpones nobody: silence counts by the log, not by the process', async () => {
    units = await openSilentUnits(1, { [BAPAS]: THREE })
    const first = await units.start('first')
    await units.go(0, THREE)
    await units.judged()
    await units.go(14, [2, 3])
    await units.judged()
    await first.kill()
    const second = await units.start('second')
    await units.go(16, [2, 3])
    await units.judged()
    await units.go(16.2)
    const [incident] = await eventually(async () => {
      const logged = await units.logged()
      return logged.length > 0 && logged
    }, 'no communication')
    expect(incident).toMatchObject({ type: 'no_communication', wearerId: 1, startMs: at(0), confirmedMs: at(16) })
    await second.stop()
  })

  test('a wearer who never reported is missed from when the bracelet was put on, whoever holds the shard', async () => {
    units = await openSilentUnits(1, { [BAPAS]: THREE }, {}, undefined, [{ fromMs: at(5) }])
    let evaluator = await units.start('p0')
    for (const [i, minute] of [0, 5, 12, 20].entries()) {
      await units.go(minute, [2, 3])
      await units.judged()
      await evaluator.kill()
      evaluator = await units.start(`p${i + 1}`)
    }
    expect(await units.logged()).toEqual([])
    await units.go(21, [2, 3])
    await units.judged()
    await units.go(21.3, [2, 3]) // past the seconds after a takeover
    const [missed] = await eventually(async () => {
      const logged = await units.logged()
      return logged.length > 0 && logged
    }, 'the one who was never heard of')
    expect(missed).toMatchObject({ type: 'no_communication', wearerId: 1, startMs: at(5), confirmedMs: at(21) })
    await evaluator.kill()
    evaluator = await units.start('last')
    await units.go(30, THREE)
    const ended = await eventually(async () => (await units.logged())[1], 'heard of at last')
    expect(ended).toMatchObject({ id: missed!.id, endMs: at(30), revision: 2 })
    await evaluator.stop()
  })

  test('the battery is taken for dead by the last level before the silence, whoever heard of it', async () => {
    units = await openSilentUnits(1, { [BAPAS]: THREE })
    const first = await units.start('first')
    await units.go(0, [1], { batteryPercent: 4 })
    await units.go(1, [2])
    await units.judged()
    await first.kill()
    const second = await units.start('second')
    await units.go(2)
    await units.judged()
    await units.go(17)
    const logged = await eventually(async () => {
      const published = (await units.logged()).filter(({ type }) => type !== 'battery_critical')
      return published.length === 3 && published
    }, 'two are silent, one with an empty battery')
    expect(logged.map(({ wearerId, type, severity, inferred }) => [wearerId, type, severity, inferred]).sort()).toEqual(
      [
        [1, 'battery_dead', 'serius', true],
        [1, 'no_communication', 'serius', false],
        [2, 'no_communication', 'serius', false],
      ],
    )
    await second.stop()
  })

  test('hours without an evaluator while bracelets were heard: whoever has been silent is reported at once, nobody else', async () => {
    units = await openSilentUnits(1, { [BAPAS]: THREE })
    await units.go(0, THREE)
    for (const minute of [60, 120, 180]) await units.go(minute, [2, 3])
    const late = await units.start('late')
    await units.judged()
    await units.go(180.2)
    await eventually(async () => (await units.logged()).length > 0, 'no communication')
    await units.judged()
    expect(singles(await units.logged())).toEqual([1])
    await late.stop()
  })

  test('nobody evaluated while a whole unit fell silent: it is known before anybody is alarmed about one by one', async () => {
    units = await openSilentUnits(SHARDS, { [BAPAS]: OURS })
    await units.go(0, OURS)
    await units.go(60)
    const late = await units.start('late')
    await eventually(() => units.outage(BAPAS), 'the outage')
    await units.judged()
    await units.go(61)
    await units.judged()
    expect((await units.logged()).every(({ type }) => type === 'fleet_silence')).toBe(true)
    await late.stop()
  })

  test('while nobody could be heard nobody is blamed: it counts from when we listen again', async () => {
    units = await openSilentUnits(1, { [BAPAS]: THREE })
    const evaluator = await units.start('one')
    await units.go(0, THREE)
    await units.judged()
    // As if nobody had said for hours that reports are taken.
    await units.redis.redis.hset(units.redis.keys.listening, 'redis', '0')
    await units.go(100)
    await units.judged()
    await units.go(108, [3])
    await units.judged()
    expect(await units.logged()).toEqual([])
    await units.go(116, [3])
    const logged = await eventually(async () => {
      const published = await units.logged()
      return published.length === 2 && published
    }, 'two are silent since')
    for (const each of logged) expect(each).toMatchObject({ startMs: at(0), confirmedMs: at(116) })
    await evaluator.stop()
  })

  test('traccar 4832, 2736: online and offline never flap, over a day of gaps and take-overs', async () => {
    units = await openSilentUnits(1, { [BAPAS]: [1, 2] })
    let evaluator = await units.start('e0')
    for (let step = 0, minute = 0; step < 12; step++, minute += 12 + (step % 4)) {
      await units.go(minute, [1])
      await units.judged()
      if (step % 4 === 3) {
        await evaluator.kill()
        evaluator = await units.start(`e${step}`)
      }
    }
    expect(await units.logged()).toEqual([])
    await evaluator.stop()
  }, 30_000)
})
