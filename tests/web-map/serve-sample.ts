// `npx tsx tests/web-map/serve-sample.ts [port] [wearers]`: the built console with sample data that moves, for work on the console.
// User name: any; password: rahasia.
import { resolve } from 'node:path'
import { startFakeApi } from './fake-api.ts'
import { incidentOf, makeSample, seeded } from './sample-data.ts'

const [port = '8099', count = '1500'] = process.argv.slice(2)
const folder = resolve(import.meta.dirname, '../../dist/web-map')
const sample = makeSample(Number(count), Date.now())
const api = await startFakeApi({ folder, sample, port: Number(port) })
api.raise(api.judged.incident)
console.log(`${api.url} (${count} wearers)`)

const random = seeded(11)
setInterval(() => {
  const nowMs = Date.now()
  for (const row of sample.rows) {
    if (row[1] === 3 || random() < 0.5) continue
    row[5] = row[6] = nowMs
    row[7] += (random() - 0.5) * 0.0006
    row[8] += (random() - 0.5) * 0.0006
  }
  api.send({ t: 'positions', rows: sample.rows })
  api.setStatus({})
}, 1000)
setInterval(() => {
  const wearer = sample.wearers[Math.floor(random() * sample.wearers.length)]!
  api.raise(
    incidentOf(wearer, random() < 0.3 ? 'strap_open' : 'away_from_required_zone', Date.now() - 60_000, { depthM: 300 }),
  )
}, 30_000)
