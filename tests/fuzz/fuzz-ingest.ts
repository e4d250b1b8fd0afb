// The ingest that is fuzzed, in a process of its own. `{ ask: 'measure' }` is answered with its memory, `{ ask: 'end' }` ends it.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { NOW_MS, openIngest, SHARDS } from '../ingest/ingest-fixture.ts'
import { fuzzedBracelets } from './fuzz-targets.ts'
import { WITNESS_RECORDS } from './witness.ts'

const TIDY_MS = 250

// Rates that would slow the fuzzer down are out of its way: what is looked for lies behind them.
const unlimited = { perSecond: 1e9, burst: 1e9 }
const open = await openIngest({
  records: [...fuzzedBracelets(), ...WITNESS_RECORDS],
  limits: {
    deviceReportsPerSecond: 1e9,
    deviceBurstReports: 1e9,
    wrongTriesByAddress: unlimited,
    wrongTriesByName: unlimited,
    datagramsByAddress: unlimited,
    unprovenByAddress: unlimited,
    unprovenByUnit: unlimited,
  },
})

const lag = monitorEventLoopDelay()
lag.enable()
const beganMs = performance.now()
// Nobody reads the log here, so it is emptied.
const timer = setInterval(() => {
  open.clock.nowMs = NOW_MS + Math.round(performance.now() - beganMs)
  for (let shard = 0; shard < SHARDS; shard++) void open.redis.unlink(open.keys.reports(shard))
  void open.redis.unlink(open.keys.quarantine)
}, TIDY_MS)

// It does not outlive who started it.
process.once('disconnect', () => process.exit())
process.on('message', async ({ ask }: { ask: 'measure' | 'end' }) => {
  if (ask === 'measure') {
    const { rss, heapUsed } = process.memoryUsage()
    const failed = open.said.filter(({ level }) => level === 'error').map(({ message }) => message)
    open.said.length = 0
    process.send!({ residentBytes: rss, heapBytes: heapUsed, failed, busyMs: lag.max / 1e6 })
    lag.reset()
    return
  }
  clearInterval(timer)
  await open.close()
  process.exit()
})
process.send!({ ports: open.ingest.ports, udpPorts: open.ingest.udpPorts, mqttPort: open.ingest.mqttPorts.plain })
