// `npm run fuzz -- --bytes 1e8 --seed 1`: so many bytes on each port. `--minutes` ends it between two ports, `--port` takes one.
import { parseArgs } from 'node:util'
import { ownRedis } from '../setup/own-services.ts'
import { discardAbandoned } from '../setup/services.ts'
import { fuzz, mib } from './fuzz.ts'

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '1e6' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    port: { type: 'string' },
  },
})
const bytes = Number(values.bytes)
const seed = Number(values.seed)
if (!(bytes > 0) || !Number.isInteger(seed)) throw new Error('--bytes is a number above 0, --seed a whole number')

console.log(`${mib(bytes)} on each port, seed ${seed}`)
await discardAbandoned()
const redis = await ownRedis(undefined, 'memory')
process.env.REDIS_URL = redis.url
try {
  const result = await fuzz({
    bytes,
    seed,
    ...(values.minutes === undefined ? {} : { untilMs: Number(values.minutes) * 60_000 }),
    ...(values.port === undefined ? {} : { only: values.port }),
    say: (line) => console.log(line),
  })
  const all = result.ports.reduce((sum, port) => sum + port.bytes, 0)
  console.log(
    `${mib(all)} on ${result.ports.length} ports; at most ${mib(result.residentMaxBytes)} resident; ${result.answered} reports of others ` +
      `answered, the slowest in ${Math.round(result.longestMs)} ms; ${result.problems.length} problems`,
  )
  for (const problem of result.problems) console.log(`  - ${problem}`)
  process.exitCode = result.problems.length === 0 ? 0 : 1
} finally {
  await redis.discard()
}
