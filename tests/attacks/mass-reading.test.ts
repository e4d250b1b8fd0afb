// Attack: an officer, or whoever has their session, reads one person after the other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import type { ReadingAlarm } from '../../model/console/console.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from '../api/api-under-test.ts'
import { silentLog } from '../setup/test-redis.ts'

const { meter, text } = openMeter()
const warned: string[] = []
let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest({
    meter,
    log: {
      ...silentLog,
      error: (fields, message) => console.error(message, fields),
      warn: (_, message) => warned.push(message),
    },
  })
  for (const officer of ['operatorA', 'kepalaA', 'auditorA', 'adminA', 'pk1A', 'kepalaB', 'adminDj'])
    cookies[officer] = await t.signIn(officer)
  const limits = t.database.ownerPool
  await limits.query(`UPDATE reading_limit SET allowed = 1 WHERE role IN ('operator', 'pk') AND per = 'hour'`)
  await limits.query(
    `UPDATE reading_limit SET allowed = 1 WHERE role = 'kepala_bapas' AND what = 'niks' AND per = 'day'`,
  )
})
afterAll(() => t.close())

const alarmsFor = async (officer: string) => {
  const answer = await get(t.api, '/v1/reading-alarms', cookies[officer])
  return { status: answer.status, alarms: ((await answer.json()) as { alarms?: ReadingAlarm[] }).alarms }
}
const readFile = (officer: string, wearer: 'a1' | 'a2') =>
  get(t.api, `/v1/wearers/${t.seeded.wearers[wearer].id}`, cookies[officer])

test('one person read often is no alarm; one more than usual is, once, shown to the auditor, Admin TI, metric, log and readiness', async () => {
  for (let n = 0; n < 4; n++) expect((await readFile('operatorA', 'a1')).status).toBe(200)
  expect((await alarmsFor('auditorA')).alarms).toEqual([])
  expect(t.api.warning()).toBeUndefined()
  for (let n = 0; n < 3; n++) expect((await readFile('operatorA', 'a2')).status).toBe(200)
  const expected = {
    officerName: 'operatorA',
    unitPath: 'dj.jabar.bandung',
    what: 'persons',
    per: 'hour',
    found: 2,
    allowed: 1,
  }
  for (const officer of ['auditorA', 'adminA', 'adminDj'])
    expect((await alarmsFor(officer)).alarms).toEqual([expect.objectContaining(expected)])
  expect(await text()).toContain('gelang_api_mass_reading_alarms_total{what="persons",per="hour"} 1')
  expect(warned.filter((message) => message.includes('more than is usual'))).toHaveLength(1)
  expect(t.api.warning()).toMatch(/1 alarms about mass reading/)
  const { rows } = await t.database.ownerPool.query(
    `SELECT officer_id, detail FROM audit WHERE action = 'alarm.mass_reading'`,
  )
  expect(rows).toEqual([
    { officer_id: t.seeded.officers.operatorA, detail: { what: 'persons', per: 'hour', found: 2, allowed: 1 } },
  ])
})

test('full NIK are counted and alarmed', async () => {
  const reason = { reasonKind: 'penyusunan_laporan', reason: 'menyusun laporan litmas klien' }
  for (const { id } of [t.seeded.wearers.a1, t.seeded.wearers.a2])
    expect((await post(t.api, `/v1/wearers/${id}/nik`, reason, cookies.kepalaA)).status).toBe(200)
  expect(await text()).toContain('gelang_api_nik_reveals_total{role="kepala_bapas"} 2')
  expect((await alarmsFor('auditorA')).alarms![0]).toMatchObject({
    officerName: 'kepalaA',
    what: 'niks',
    per: 'day',
    found: 2,
  })
})

test('reasons taken one after the other are alarmed too', async () => {
  const reason = { reasonKind: 'menggantikan_rekan', reason: 'menggantikan rekan yang sedang cuti' }
  for (let n = 0; n < 2; n++) await post(t.api, `/v1/wearers/${t.seeded.wearers.a2.id}/access`, reason, cookies.pk1A)
  expect((await alarmsFor('auditorA')).alarms![0]).toMatchObject({ officerName: 'pk1A', what: 'reasons', per: 'hour' })
})

test('those who read see no alarm, can remove none and cannot move the limit; another unit’s are not shown', async () => {
  for (const officer of ['operatorA', 'kepalaA', 'pk1A', 'kepalaB']) expect((await alarmsFor(officer)).status).toBe(403)
  for (const sql of [
    'DELETE FROM reading_alarm',
    'UPDATE reading_limit SET allowed = 9999',
    'INSERT INTO reading_alarm DEFAULT VALUES',
  ])
    await expect(
      asOfficer(t.database.apiPool, t.seeded.officers.operatorA!, (client) => client.query(sql)),
    ).rejects.toMatchObject({ code: '42501' })
  await expect(t.database.ownerPool.query('DELETE FROM reading_alarm')).rejects.toThrow('only ever added')
})
