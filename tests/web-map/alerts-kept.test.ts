// No alert is lost between the lists and the feed.
import { expect, test } from 'vitest'
import { heldBack, idle, openBareDesk, refusal } from './bare-desk.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const { wearers } = makeSample(100, NOW)
const [anna, budi] = [wearers[0]!, wearers[1]!]

/** Somebody at the desk, the feed open, `open` listed. */
async function liveDesk(open = [incidentOf(anna, 'off_corridor', NOW, { id: 'old' })]) {
  const desk = openBareDesk(wearers, NOW)
  desk.list(open)
  await desk.state.session.check()
  desk.hello()
  await idle()
  return desk
}

test('an alert that comes while the list of open ones is on its way stays, and so does what was done to others', async () => {
  const desk = await liveDesk()
  const { slow, arrive } = heldBack()
  const old = incidentOf(anna, 'off_corridor', NOW, { id: 'old' })
  desk.answer('GET /v1/incidents', async () => {
    await slow
    return { body: { incidents: [old] } }
  })
  void desk.state.desk.load(true)
  desk.send(incidentOf(budi, 'strap_open', NOW, { id: 'strap' }))
  const resolve = { actId: 1, incidentId: 'old', action: 'resolve', officerName: 'Dwi', atMs: NOW } as const
  desk.say({ t: 'act', cursor: '2', act: { ...resolve, wearerId: anna.n, resolution: 'alasan_sah' } })
  arrive()
  await idle()
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['strap'])
  expect(desk.played).toEqual(['kritis'])
})

test('an alert that is not in PostgreSQL yet outlives a list; what is over or out of sight does not', async () => {
  const strap = incidentOf(anna, 'strap_open', NOW, { id: 'strap' })
  const done = incidentOf(budi, 'off_corridor', NOW, { id: 'done' })
  const gone = incidentOf(budi, 'sos', NOW, { id: 'gone' })
  const desk = await liveDesk([done, gone])
  desk.send(strap)
  desk.list([])
  desk.answer('GET /v1/incidents/strap', { body: { incident: strap } })
  desk.answer('GET /v1/incidents/done', { body: { incident: { ...done, revision: 2, withdrawn: { reason: 'x' } } } })
  desk.answer('GET /v1/incidents/gone', refusal(404, 'not_found'))
  await desk.state.desk.load(true)
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['strap', 'done'])
  expect([...desk.state.desk.live.incidents.keys()].sort()).toEqual(['done', 'strap'])
  expect(desk.state.desk.loadProblem.value).toBeUndefined()
})

test('what could not be asked for stays, and the screen says that something is missing', async () => {
  const desk = await liveDesk()
  desk.list([])
  desk.answer('GET /v1/incidents/old', refusal(503, 'database_away'))
  await desk.state.desk.load(true)
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['old'])
  expect(desk.state.desk.loadProblem.value).toContain('Basis data')
})

test('what was raised between the first list and the first hello appears and sounds', async () => {
  const desk = openBareDesk(wearers, NOW)
  const old = incidentOf(anna, 'off_corridor', NOW, { id: 'old' })
  desk.list([old])
  await desk.state.session.check()
  desk.drop()
  await idle()
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['old'])
  expect(desk.played).toEqual([])
  desk.list([incidentOf(budi, 'sos', NOW, { id: 'between' }), old])
  desk.pass(1000)
  desk.hello()
  await idle()
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['between', 'old'])
  expect(desk.played).toEqual(['serius', 'kritis'])
})

test('a page whose feed opens at once loads once; one whose feed is slow does not wait for it', async () => {
  const desk = await liveDesk()
  desk.pass(60_000)
  await idle()
  expect(desk.howOften('GET /v1/incidents')).toBe(1)
  const slow = openBareDesk(wearers, NOW)
  slow.list([incidentOf(anna, 'off_corridor', NOW, { id: 'old' })])
  await slow.state.session.check()
  slow.pass(2000)
  await idle()
  expect(slow.state.alerts.open.value.map(({ id }) => id)).toEqual(['old'])
})

test('a reload that is wanted while another runs is made after it', async () => {
  const desk = await liveDesk([])
  const { slow, arrive } = heldBack()
  desk.answer('GET /v1/incidents', async () => {
    await slow
    return { body: { incidents: [] } }
  })
  void desk.state.desk.load(true)
  desk.hello(false)
  desk.list([incidentOf(budi, 'sos', NOW, { id: 'missed' })])
  arrive()
  await idle()
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['missed'])
  expect(desk.played).toEqual(['kritis'])
})
