// One forged stream makes a bracelet disputed. Once an officer has looked, its reports must count as evidence again; otherwise a
// single forger would end all supervision of the wearer.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readActs } from '../../stream/logs/act-log.ts'
import { raiseDispute, readDisputes } from '../../stream/publication/disputes.ts'
import { type ApiUnderTest, apiUnderTest, post } from '../api/api-under-test.ts'
import { waitFor } from '../setup/patience.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())

const BRACELET = 5
const disputed = async () => (await readDisputes(t.redis.redis, t.redis.keys)).map(({ braceletId }) => braceletId)

/** Resolves the incident and waits until the act has been published. */
async function resolve(id: string): Promise<void> {
  const cookie = await t.signIn('operatorA')
  const request = { action: 'resolve', resolution: 'alasan_sah' }
  await waitFor(async () => expect((await post(t.api, `/v1/incidents/${id}/acts`, request, cookie)).status).toBe(200))
  await waitFor(async () => {
    const acts = await readActs(t.redis.redis, t.redis.keys, '0-0', { count: 1000 })
    expect(acts.map(({ act }) => act.incidentId)).toContain(id)
  })
}

test('the resolution of the suspicion ends the dispute, that of another incident does not', async () => {
  const { a1 } = t.seeded.wearers
  const senders = ['gt06 10.0.0.1 a', 'gt06 10.0.0.2 b']
  const dispute = { braceletId: BRACELET, wearerId: a1.n, sinceMs: 0, why: 'apart', senders }
  await raiseDispute(t.redis.redis, t.redis.keys, dispute)
  await t.publish(a1, { id: '00000000-0000-4000-8000-000000000901', type: 'strap_open' })
  await t.publish(a1, { id: '00000000-0000-4000-8000-000000000902', type: 'forgery_suspected' })
  await resolve('00000000-0000-4000-8000-000000000901')
  expect(await disputed()).toEqual([BRACELET])
  await resolve('00000000-0000-4000-8000-000000000902')
  expect(await disputed()).toEqual([])
})
