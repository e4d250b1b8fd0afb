// Sound for what waits, not for what arrives.
import { expect, test } from 'vitest'
import { LOST_AFTER_MS, REPEAT_MS } from '../../web-map/alerts/alarm.ts'
import { SoundTurn, TURN_KEPT_MS } from '../../web-map/sound/sound-turn.ts'
import { type BareDesk, idle, openBareDesk, refusal } from './bare-desk.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const { wearers } = makeSample(100, NOW)
const [anna, budi] = [wearers[0]!, wearers[1]!]
const strap = incidentOf(anna, 'strap_open', NOW - 30 * 60_000, { id: 'strap', endMs: NOW - 29 * 60_000 })
const zone = incidentOf(budi, 'inside_avoided_zone', NOW, { id: 'zone' })
const taken = { actId: 1, incidentId: 'strap', action: 'acknowledge', officerName: 'Dwi', atMs: NOW } as const

async function shift(...open: Parameters<BareDesk['list']>[0]) {
  const desk = openBareDesk(wearers, NOW)
  desk.list(open)
  await desk.state.session.check()
  desk.hello()
  await idle()
  return desk
}
/** Time in small steps, the feed alive. */
function live(desk: BareDesk, ms: number) {
  for (let waitedMs = 0; waitedMs < ms; waitedMs += 1000) {
    desk.pass(1000)
    desk.status()
  }
}

test('a new shift hears what nobody has taken, again and again, until somebody takes it', async () => {
  const desk = await shift(strap)
  live(desk, 1000)
  expect(desk.played).toEqual(['kritis'])
  live(desk, 2 * REPEAT_MS.kritis)
  expect(desk.played).toEqual(['kritis', 'kritis', 'kritis'])
  desk.say({ t: 'act', cursor: '2', act: { ...taken, wearerId: anna.n } })
  live(desk, 5 * REPEAT_MS.kritis)
  expect(desk.played).toHaveLength(3)
})

test('who signs in after another hears at once what the other has heard already', async () => {
  const desk = await shift(strap)
  live(desk, 1000)
  desk.answer('POST /api/auth/sign-out', { body: {} })
  await desk.state.session.signOut()
  const me = { officerId: 'other', name: 'Dwi', role: 'operator', unitPath: '', unitName: '', timeZone: '' }
  desk.answer('GET /v1/me', { body: me })
  await desk.state.session.signIn('dwi', 'rahasia')
  desk.hello()
  await idle()
  live(desk, 1000)
  expect(desk.played).toEqual(['kritis', 'kritis'])
})

test('serius waits longer for its reminder; informasi is not repeated', async () => {
  const desk = await shift(incidentOf(anna, 'off_corridor', NOW), incidentOf(budi, 'battery_low', NOW))
  live(desk, REPEAT_MS.serius + 1000)
  expect(desk.played).toEqual(['serius', 'serius'])
})

test('mute has an end, and never covers strap, case and SOS', async () => {
  const desk = await shift(zone)
  desk.preferences.mutedUntilMs.value = NOW + 15 * 60_000
  live(desk, 60_000)
  expect(desk.played).toEqual([])
  for (const type of ['strap_open', 'case_opened', 'sos'] as const) {
    desk.send(incidentOf(anna, type, NOW))
    expect(desk.played.pop()).toBe('kritis')
  }
  const other = await shift(zone)
  other.preferences.mutedUntilMs.value = NOW + 15 * 60_000
  live(other, 15 * 60_000 + 1000)
  expect(other.played).toEqual(['kritis'])
})

test('a feed that is lost sounds, also while nothing waits; one that is back at once does not', async () => {
  const desk = await shift()
  desk.drop()
  desk.pass(1000)
  desk.hello(true)
  live(desk, 60_000)
  expect(desk.played).toEqual([])
  desk.answer('GET /v1/me', refusal(503, 'unavailable'))
  desk.drop()
  for (let waitedMs = 0; waitedMs < LOST_AFTER_MS + 5000; waitedMs += 1000) desk.pass(1000)
  expect(desk.played).toEqual(['lost'])
  desk.hello(true)
  live(desk, REPEAT_MS.lost + 1000)
  expect(desk.played).toEqual(['lost'])
  desk.status({ redis: 'away' })
  for (let waitedMs = 0; waitedMs < REPEAT_MS.lost + LOST_AFTER_MS + 2000; waitedMs += 1000) {
    desk.pass(1000)
    desk.status({ redis: 'away' })
  }
  expect(desk.played).toEqual(['lost', 'lost', 'lost'])
})

test('of two screens of one officer one sounds; the other takes over when it is gone', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  let nowMs = NOW
  const screen = (id: string, officer: string) => {
    const turn = new SoundTurn({ storage, id, clock: () => nowMs })
    turn.sitDown(officer)
    return turn
  }
  const [first, second, other] = [screen('a', 'ratna'), screen('b', 'ratna'), screen('c', 'dwi')]
  expect([first.take(), second.take(), other.take()]).toEqual([true, false, true])
  nowMs += TURN_KEPT_MS - 1
  expect([first.take(), second.take()]).toEqual([true, false])
  nowMs += TURN_KEPT_MS
  expect([second.take(), first.take()]).toEqual([true, false])
  second.leave()
  expect(first.take()).toBe(true)
  // A clock that was set back does not silence both.
  nowMs -= 3_600_000
  expect(second.take()).toBe(true)
})
