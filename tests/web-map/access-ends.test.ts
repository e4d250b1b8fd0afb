// Access for a reason ends after twelve hours, a klien changes hands: what names them leaves the screen.
import { expect, test } from 'vitest'
import { REPEAT_MS } from '../../web-map/alerts/alarm.ts'
import { type BareDesk, heldBack, idle, openBareDesk } from './bare-desk.ts'
import { incidentOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const { wearers, zones } = makeSample(100, NOW)
const [anna, budi] = [wearers[0]!, wearers[1]!]
const strap = incidentOf(anna, 'strap_open', NOW, { id: 'strap' })
const other = incidentOf(budi, 'off_corridor', NOW, { id: 'other' })

function untilReminder(desk: BareDesk) {
  desk.pass(REPEAT_MS.kritis / 2)
  desk.status()
  desk.pass(REPEAT_MS.kritis / 2 + 1)
  desk.status()
}

async function deskWithAlarm() {
  const desk = openBareDesk(wearers, NOW)
  desk.list([other])
  desk.answer('GET /v1/zones', { body: { zones } })
  await desk.state.session.check()
  desk.hello()
  await idle()
  desk.send(strap)
  desk.state.router.go({ page: 'incident', id: strap.id, why: false })
  await idle()
  return desk
}

test('the alerts of who is out of sight go, the alarm stops, the panel is closed and it is said', async () => {
  const desk = await deskWithAlarm()
  untilReminder(desk)
  expect(desk.played).toEqual(['kritis', 'kritis'])
  expect(desk.state.alerts.arrivals.announcement.value).toContain(anna.name)
  desk.answer('GET /v1/zones', { body: { zones: zones.slice(0, 3) } })
  desk.say({ t: 'roster', wearers: [budi] })
  await idle()
  expect(desk.state.alerts.open.value.map(({ id }) => id)).toEqual(['other'])
  untilReminder(desk)
  expect(desk.played).toHaveLength(2)
  expect([desk.state.file.selectedId.value, desk.state.alerts.selectedId.value]).toEqual([undefined, undefined])
  expect(desk.state.alerts.arrivals.announcement.value).toBe('')
  expect(desk.state.notice.value).toContain('telah berakhir')
  expect(desk.state.desk.zones.value).toHaveLength(3)
})

test('somebody else going out of sight closes no panel', async () => {
  const desk = await deskWithAlarm()
  desk.say({ t: 'roster', wearers: wearers.filter(({ n }) => n !== budi.n) })
  expect(desk.state.file.selectedId.value).toBe(anna.id)
  expect(desk.state.notice.value).toBeUndefined()
})

test('a list that was read before does not bring them back', async () => {
  const desk = await deskWithAlarm()
  const { slow, arrive } = heldBack()
  desk.answer('GET /v1/incidents', async () => {
    await slow
    return { body: { incidents: [strap, other] } }
  })
  void desk.state.desk.load(true)
  desk.say({ t: 'roster', wearers: [budi] })
  desk.list([other])
  arrive()
  await idle()
  expect([...desk.state.desk.live.incidents.keys()]).toEqual(['other'])
  expect(desk.played).toEqual(['kritis'])
})

test('signing out leaves nothing of the officer, nor does what was still on its way', async () => {
  const desk = await deskWithAlarm()
  const { slow, arrive } = heldBack()
  desk.answer('GET /v1/zones', async () => {
    await slow
    return { body: { zones } }
  })
  desk.answer('POST /api/auth/sign-out', { body: {} })
  void desk.state.desk.load()
  await desk.state.session.signOut()
  arrive()
  await idle()
  expect([desk.state.desk.zones.value, desk.state.desk.units.value, desk.state.alerts.open.value]).toEqual([[], [], []])
})

test('a form that is open about somebody who goes out of sight is closed, about another it stays', async () => {
  const desk = await deskWithAlarm()
  desk.state.alerts.question.value = { action: 'note', incidents: [other] }
  desk.say({ t: 'roster', wearers: [budi] })
  expect(desk.state.alerts.question.value?.incidents[0]?.id).toBe('other')
  desk.say({ t: 'roster', wearers: [] })
  expect(desk.state.alerts.question.value).toBeUndefined()
})
