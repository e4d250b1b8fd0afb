// An alarm that no table knows is counted, and holds as what it is mapped to from the next report on, with no process restarted.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asOfficer } from '../../store/database/transaction.ts'
import { insertOfficer } from '../../store/people/insert-people.ts'
import { listAlarmWords, mapAlarmWord } from '../../store/rules/alarm-words.ts'
import { eventually, type Pipeline, post, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const BAPAS = 'ditjenpas.kanwil.bapas'
let nowMs = NOW_MS
let pipeline: Pipeline
let wearerId: number
let adminId: string

const report = (minute: number, alarms: string[] = [], deviceId = 'T-1') => ({
  ...{ deviceId, time: NOW_MS + minute * MINUTE_MS, lat: -7.8, lon: 110.37, accuracyM: 8 },
  ...(alarms.length > 0 && { alarms }),
})
const opened = (type: string) =>
  eventually(
    async () =>
      [...(await pipeline.incidents()).values()].find(
        (incident) => incident.type === type && incident.wearerId === wearerId,
      ),
    type,
  )
const words = async () => (await asOfficer(pipeline.database.apiPool, adminId, (db) => listAlarmWords(db, 10))).words

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs)
  wearerId = await seedWearer(pipeline.database.ownerPool, NOW_MS, [])
  await seedWearer(pipeline.database.ownerPool, NOW_MS, [], 'T-2')
  adminId = await insertOfficer(pipeline.database.ownerPool, { name: 'Admin', role: 'admin_ti', unitPath: BAPAS })
  await untilKnown(pipeline, [report(-30), report(-30, [], 'T-2')])
})

afterAll(() => pipeline?.stop())

test('a word that nobody knows opens its incident, is counted, and means what it is mapped to with the next report', async () => {
  nowMs = NOW_MS + 4 * MINUTE_MS
  await post(pipeline, [report(1, ['Zzyzx 7!']), report(2, ['Zzyzx 7!', 'Qwerty'])])
  await post(pipeline, [report(3, ['Zzyzx 7!'], 'T-2')])
  expect((await opened('device_alarm_unknown')).unknownAlarms).toMatchObject([{ count: 1 }])
  await eventually(async () => (await words())[0]?.reports === 3, 'three reports counted')
  const common = { model: 'uji', protocol: 'own' } as const
  const counted = { ...common, word: 'Zzyzx 7!', reports: 3, bracelets: 2, firstMs: nowMs, lastMs: nowMs }
  expect(await words()).toEqual([counted])

  const mapping = { ...common, model: 'UJI', word: 'Zzyzx 7!', meaning: 'sos', reason: 'buku petunjuk pabrik' } as const
  await asOfficer(pipeline.database.apiPool, adminId, (db) => mapAlarmWord(db, { ...mapping, unitPath: BAPAS }))
  expect(await words()).toEqual([{ ...counted, meaning: 'sos' }])
  let minute = 4
  await eventually(async () => {
    nowMs = NOW_MS + (minute + 1) * MINUTE_MS
    await post(pipeline, [report(minute++, ['Zzyzx 7!'])])
    return [...(await pipeline.incidents()).values()].some(({ type }) => type === 'sos')
  }, 'the mapped word is an SOS')
  expect(await opened('sos')).toMatchObject({ severity: 'kritis' })
})
