// Zones and conditions that change while the console is open.
import { expect, test } from 'vitest'
import { type BareDesk, idle, openBareDesk } from './bare-desk.ts'
import { detailOf, makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const { wearers, zones } = makeSample(100, NOW)
const anna = wearers[0]!

async function deskWithFile() {
  const desk = openBareDesk(wearers, NOW)
  desk.list([])
  await desk.state.session.check()
  desk.hello()
  desk.state.router.go({ page: 'wearer', id: anna.id, tab: 'ringkas' })
  await idle()
  return desk
}
async function spread(desk: BareDesk) {
  desk.pass(3000)
  await idle()
}

test('a zone drawn while the console is open comes onto its map, a condition into the open file', async () => {
  const desk = await deskWithFile()
  desk.status({ rulesVersion: '7' })
  await spread(desk)
  expect(desk.howOften('GET /v1/zones')).toBe(1)
  const detail = detailOf(anna, NOW)
  desk.answer('GET /v1/zones', { body: { zones } })
  desk.answer(`GET /v1/wearers/${anna.id}`, { body: { ...detail, conditions: detail.conditions.slice(0, 1) } })
  desk.status({ rulesVersion: '8' })
  desk.status({ rulesVersion: '9' })
  await spread(desk)
  expect(desk.state.desk.zones.value).toHaveLength(zones.length)
  expect(desk.state.file.detail.value?.conditions).toHaveLength(1)
  expect(desk.howOften('GET /v1/zones')).toBe(2)
  expect(desk.howOften('GET /v1/incidents')).toBe(1)
})

test('a server that does not say, and the same version again, change nothing', async () => {
  const desk = await deskWithFile()
  for (const more of [{ rulesVersion: '7' }, {}, { rulesVersion: '7' }]) desk.status(more)
  await spread(desk)
  expect(desk.howOften('GET /v1/zones')).toBe(1)
})

test('changed while the line was away: loaded when it is back', async () => {
  const desk = await deskWithFile()
  desk.status({ rulesVersion: '7' })
  desk.drop()
  desk.pass(500)
  desk.hello(true)
  desk.status({ rulesVersion: '8' })
  await spread(desk)
  expect(desk.howOften('GET /v1/zones')).toBe(2)
  expect(desk.howOften('GET /v1/incidents')).toBe(1)
})

test('zones that cannot be loaded are said and loaded with all else later', async () => {
  const desk = await deskWithFile()
  desk.status({ rulesVersion: '7' })
  desk.answer('GET /v1/zones', { status: 503, body: { error: { code: 'database_away', message: '' } } })
  desk.status({ rulesVersion: '8' })
  await spread(desk)
  expect(desk.state.desk.loadProblem.value).toContain('Basis data')
  desk.answer('GET /v1/zones', { body: { zones } })
  desk.status({ rulesVersion: '8' })
  await idle()
  expect([desk.state.desk.loadProblem.value, desk.state.desk.zones.value.length]).toEqual([undefined, zones.length])
})
