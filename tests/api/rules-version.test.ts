// A console that is open hears that the rules on its map may have changed: at once, and of no rules but those of its officer's units.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { changeCondition, endCondition, endPermit } from '../../store/rules/change-rules.ts'
import { insertCondition, insertPermit, insertZone } from '../../store/rules/insert-rules.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'
import { connectLive, type LiveClient } from './live-client.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
const consoles: Record<string, LiveClient> = {}
const DAY_MS = 86_400_000
const REASON = { reasonKind: 'pemeriksaan', reason: 'pemeriksaan bersama Kanwil' }
const SHAPE: ZoneShape = { type: 'Circle', center: [107.61, -6.91], radiusM: 300 }

beforeAll(async () => {
  // No status by rhythm, so that what comes was sent for a change; sessions and the clock's own changes looked at often.
  t = await apiUnderTest({ limits: { statusEveryMs: DAY_MS, checkEveryMs: 100 } })
  for (const officer of ['pk1A', 'pk2A', 'kepalaA', 'kanwil', 'kepalaB']) {
    cookies[officer] = await t.signIn(officer)
    if (officer === 'kanwil') await post(t.api, `/v1/wearers/${t.seeded.wearers.a1.id}/access`, REASON, cookies.kanwil)
    consoles[officer] = connectLive(t.api, cookies[officer])
    await consoles[officer].until('status')
  }
})
afterAll(async () => {
  for (const each of Object.values(consoles)) each.cut()
  await t.close()
})

const versions = (officer: string) => consoles[officer]!.all('status').map(({ rulesVersion }) => rulesVersion)
const zonesOf = async (officer: string) => {
  const { zones } = (await (await get(t.api, '/v1/zones', cookies[officer])).json()) as { zones: object[] }
  return JSON.stringify(zones)
}

/** The consoles of these officers are sent another version, and no one else's. */
async function heardBy(officers: string[], change: () => Promise<unknown>): Promise<void> {
  const before = Object.fromEntries(Object.keys(consoles).map((officer) => [officer, versions(officer)]))
  await change()
  for (const officer of officers) {
    await expect.poll(() => versions(officer).length).toBe(before[officer]!.length + 1)
    expect(versions(officer).at(-1)).toMatch(/^[\w-]{16}$/)
    expect(versions(officer).at(-1)).not.toBe(before[officer]!.at(-1))
  }
  // Later than the change, the others' scopes have been looked at too: a roster of theirs that changes is sent after it.
  await t.database.ownerPool.query(`UPDATE wearer SET name = name || '.'`)
  for (const [officer, console_] of Object.entries(consoles)) {
    await expect.poll(() => console_.all('roster').length).toBe(rosters[officer]! + 1)
    rosters[officer]!++
    expect([officer, versions(officer).length]).toEqual([
      officer,
      before[officer]!.length + (officers.includes(officer) ? 1 : 0),
    ])
  }
}
const rosters: Record<string, number> = { pk1A: 1, pk2A: 1, kepalaA: 1, kanwil: 1, kepalaB: 1 }

const draw = (some: object = {}) =>
  insertZone(t.database.ownerPool, {
    ...{ name: 'Rumah korban', unitPath: 'dj.jabar.bandung', shape: SHAPE, madeMs: Date.now() },
    ...{ authorId: t.seeded.officers.kepalaA!, ...some },
  })
const retire = (zoneId: string) =>
  t.database.ownerPool.query('UPDATE zone SET retired_at = now() WHERE id = $1', [zoneId])
const rule = (zoneId: string) => ({
  ...{ wearerId: t.seeded.wearers.a1.n, zoneId, legalBasis: 'SK-a1 butir 4' },
  ...{ authorId: t.seeded.officers.pk1A!, approverId: t.seeded.officers.kepalaA! },
})

const BANDUNG = ['pk1A', 'pk2A', 'kepalaA', 'kanwil']

test('a zone that is drawn, used and retired', async () => {
  let zoneId = ''
  await heardBy(BANDUNG, async () => {
    zoneId = await draw()
  })
  const { ownerPool } = t.database
  const fromMs = Date.now()
  const condition = { ...rule(zoneId), kind: 'avoided', timeZone: 'Asia/Jakarta', fromMs, madeMs: fromMs } as const
  let conditionId = ''
  await heardBy(BANDUNG, async () => {
    conditionId = await insertCondition(ownerPool, condition)
  })
  expect(await zonesOf('pk1A')).toContain(zoneId)
  await heardBy(BANDUNG, () => {
    const atMs = Date.now() + 1
    return inTransaction(ownerPool, (client) =>
      changeCondition(client, conditionId, { ...condition, fromMs: atMs, madeMs: atMs }),
    )
  })
  await heardBy(BANDUNG, () => {
    const atMs = Date.now() + DAY_MS
    return inTransaction(ownerPool, (client) => endCondition(client, conditionId, rule(zoneId), { atMs, nowMs: atMs }))
  })
  await heardBy(BANDUNG, () => retire(zoneId))
  expect(await zonesOf('pk1A')).not.toContain(zoneId)
})

test('a zone of another Bapas that is used for a klien here', async () => {
  const zoneId = await draw({ unitPath: 'dj.bali.denpasar' })
  const nowMs = Date.now()
  await heardBy(BANDUNG, () =>
    insertPermit(t.database.ownerPool, { ...rule(zoneId), decidedMs: nowMs, fromMs: nowMs, toMs: nowMs + DAY_MS }),
  )
  await heardBy(BANDUNG, () => retire(zoneId))
})

test('a permit, and its end by decision', async () => {
  const { ownerPool } = t.database
  const { b1 } = t.seeded.wearers
  const nowMs = Date.now()
  const times = { decidedMs: nowMs, fromMs: nowMs, toMs: nowMs + DAY_MS }
  let permitId = ''
  await heardBy(['kepalaB', 'kanwil'], async () => {
    permitId = await insertPermit(ownerPool, { ...rule(b1.zoneId), wearerId: b1.n, ...times })
  })
  await heardBy(['kepalaB', 'kanwil'], () =>
    inTransaction(ownerPool, (client) =>
      endPermit(client, permitId, rule(b1.zoneId), { atMs: nowMs + DAY_MS / 2, nowMs }),
    ),
  )
})

test('a home that is seen for a reason from now on', async () => {
  const access = `/v1/wearers/${t.seeded.wearers.b1.id}/access`
  // The roster changes with it, beside what heardBy changes.
  rosters.kanwil!++
  await heardBy(['kanwil'], () => post(t.api, access, REASON, cookies.kanwil))
  expect(await zonesOf('kanwil')).toContain('Rumah b1')
  rosters.kanwil!++
  await heardBy(['kanwil'], () =>
    t.database.ownerPool.query(
      `UPDATE access_grant SET during = tstzrange(lower(during) - interval '1 s', now(), '[)')
      WHERE wearer_id = ${t.seeded.wearers.b1.n}`,
    ),
  )
})

test('what the clock ends is sent too', async () => {
  const { a2 } = t.seeded.wearers
  const statuses = () => consoles.pk2A!.all('status')
  for (let lastsMs = 1000, before = statuses().length; ; lastsMs *= 2, before = statuses().length) {
    const nowMs = Date.now()
    const times = { decidedMs: nowMs, fromMs: nowMs, toMs: nowMs + lastsMs }
    await insertPermit(t.database.ownerPool, { ...rule(a2.zoneId), wearerId: a2.n, ...times })
    await expect.poll(() => statuses().length).toBeGreaterThan(before)
    // On a machine so busy that it had ended before it was heard of, once more and longer.
    if (statuses()[before]!.serverMs >= times.toMs) continue
    await expect.poll(() => statuses().length).toBeGreaterThan(before + 1)
    expect(statuses()[before + 1]!.serverMs).toBeGreaterThanOrEqual(times.toMs)
    break
  }
})

test('another process says the same of the same rules', async () => {
  const there = connectLive(await t.another(), cookies.kepalaA!)
  const { rulesVersion } = await there.until('status')
  await expect.poll(() => versions('kepalaA').at(-1)).toBe(rulesVersion)
  there.cut()
})
