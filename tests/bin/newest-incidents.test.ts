// What the demo asks for at its end, from a real server: also what an officer has resolved while it went on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newestIncidents } from '../../bin/demo/watch-live.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, post } from '../api/api-under-test.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { FROM_MS, incident } from '../store/two-bapas.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())

test('page after page, resolved ones too', async () => {
  const { a1, a2 } = t.seeded.wearers
  const many = Array.from({ length: 450 }, (_, i) =>
    incident({
      id: `30000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      wearerId: a1.n,
      startMs: FROM_MS + i,
    }),
  )
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, many))
  const cookie = await t.signIn('operatorA')
  const outcome = { action: 'resolve', resolution: 'alasan_sah' }
  expect((await post(t.api, `/v1/incidents/${many[7]!.id}/acts`, outcome, cookie)).status).toBe(200)
  const found = new Set((await newestIncidents(t.api.baseUrl, cookie)).map(({ id }) => id))
  expect(found).toEqual(new Set([...many.map(({ id }) => id), a1.incidentId, a2.incidentId]))
})
