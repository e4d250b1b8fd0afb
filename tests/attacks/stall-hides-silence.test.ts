// Ingest is made to stall for half a minute each quarter of an hour, so that nobody's silence is ever long enough.
import { afterEach, expect, test } from 'vitest'
import { LISTENING_GAP_MS } from '../../stream/ownership/listening.ts'
import { eventually } from '../pipeline/run-pipeline.ts'
import { openSilentUnits, type SilentUnits } from '../pipeline/silent-units.ts'

const SILENT = 1
const SPEAKS = 2

let units: SilentUnits
afterEach(() => units.close())

/** As though nobody had said for longer than a stall takes. */
async function stall(): Promise<void> {
  const { redis, keys } = units.redis
  const said = Number(await redis.hget(keys.listening, 'redis'))
  await redis.hset(keys.listening, 'redis', said - LISTENING_GAP_MS - 5000)
}

test('the silent bracelet is missed all the same, and who is received is not', async () => {
  units = await openSilentUnits(1, { 'dj.jabar.bandung': [SILENT, SPEAKS] })
  const evaluator = await units.start('evaluator')
  await units.go(0, [SILENT, SPEAKS])
  await units.judged()
  for (let minute = 1; minute <= 40; minute++) {
    if (minute % 14 === 0) await stall()
    await units.go(minute, [SPEAKS])
    if (minute % 14 === 0) await units.judged()
  }
  const missed = await eventually(
    async () => (await units.logged()).find(({ type }) => type === 'no_communication'),
    'the silent bracelet',
  )
  expect(missed).toMatchObject({ wearerId: SILENT })
  expect(await units.redis.redis.hget(units.redis.keys.listening, 'gaps')).toContain('fromMs')
  await evaluator.stop()
})
