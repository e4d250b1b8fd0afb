// However a session ends, somebody can sign in again, and the screen says what it is.
import { expect, test } from 'vitest'
import { SESSION_END } from '../../web-map/session/session-end.ts'
import { idle, openBareDesk, refusal } from './bare-desk.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const { wearers } = makeSample(100, NOW)
const strap = incidentOf(wearers[0]!, 'strap_open', NOW, { id: 'strap' })

async function liveDesk() {
  const desk = openBareDesk(wearers, NOW)
  desk.list([strap])
  await desk.state.session.check()
  desk.hello()
  await idle()
  return desk
}

test('a page with a session of nobody shows the sign-in form with the reason, and asks no more', async () => {
  const desk = openBareDesk(wearers, NOW)
  desk.answer('GET /v1/me', refusal(403, 'no_officer'))
  await desk.state.session.check()
  expect(desk.state.session.phase.value).toBe('signedOut')
  expect(desk.state.session.problem.value).toContain('belum terhubung')
  desk.pass(60_000)
  await idle()
  expect(desk.howOften('GET /v1/me')).toBe(1)
})

test('an officer who has left is signed out of an open screen, with all that was on it', async () => {
  const desk = await liveDesk()
  desk.answer('GET /v1/me', refusal(403, 'no_officer'))
  desk.say({ t: 'bye', reason: 'signed_out' })
  await idle()
  expect(desk.state.session.phase.value).toBe('signedOut')
  expect([desk.state.desk.live.incidents.size, desk.state.desk.live.wearers.size]).toEqual([0, 0])
})

test('a session that has ended keeps what is on screen', async () => {
  const desk = await liveDesk()
  desk.answer('GET /v1/me', refusal(401, 'not_signed_in'))
  desk.say({ t: 'bye', reason: 'expired' })
  await idle()
  expect([desk.state.session.phase.value, desk.state.desk.live.incidents.size]).toEqual(['expired', 1])
})

/** What was heard since, a quarter of an hour and more later. */
function soundsOf(desk: Awaited<ReturnType<typeof liveDesk>>) {
  for (let waitedMs = 0; waitedMs < SESSION_END.soundsForMs + 120_000; waitedMs += 5000) desk.pass(5000)
  return desk.played.filter((what) => what === 'ended').length
}

test('a session that runs out at a watched screen is heard, and again for a while', async () => {
  const desk = await liveDesk()
  desk.answer('GET /v1/me', refusal(401, 'not_signed_in'))
  desk.say({ t: 'bye', reason: 'expired' })
  expect(desk.played).toEqual(['ended'])
  expect(desk.state.sessionEnd.sinceMs.value).toBe(NOW)
  expect(soundsOf(desk)).toBe(1 + SESSION_END.soundsForMs / SESSION_END.repeatMs)
})

test('signing in ends it; a session that was signed out elsewhere makes no noise', async () => {
  const desk = await liveDesk()
  desk.say({ t: 'bye', reason: 'expired' })
  await desk.state.session.signIn('ratna', 'rahasia')
  await idle()
  expect(desk.state.sessionEnd.sinceMs.value).toBeUndefined()
  expect(soundsOf(desk)).toBe(1)
  const other = await liveDesk()
  other.answer('GET /v1/me', refusal(401, 'not_signed_in'))
  other.say({ t: 'bye', reason: 'signed_out' })
  expect(other.state.session.phase.value).toBe('expired')
  expect(soundsOf(other)).toBe(0)
})
