// `npm run bench -- <name> [--json] [--seed n]`: runs one measurement, or says which there are. Modules are loaded only
// when asked for, so that a bench without services needs none.
import { machine } from './measure/machine.ts'
import type { Bench } from './measure/report.ts'

const BENCHES: Record<string, { says: string; load: () => Promise<Bench> }> = {
  engine: {
    says: 'the fold with 150,000 wearers and 20 conditions each, then zones alone (--wearers n, --fold-only)',
    load: async () => (await import('./engine/engine.ts')).engine,
  },
  'engine-zones': {
    says: 'zones alone: ours, flatbush + Turf and Turf on the same fixes, at 10 to 10,000 zones',
    load: async () => (await import('./engine/engine-zones.ts')).engineZones,
  },
  truth: {
    says: 'false, missed and late incidents in a labelled simulation (--noise drift=2,cell=0, --sweep, --permutations n, --wearers n, --trips n)',
    load: async () => (await import('./truth/truth.ts')).truth,
  },
  'truth-calibrate': {
    says: 'the figures of real recordings from which the simulated noise was taken',
    load: async () => (await import('./truth/truth-calibrate.ts')).truthCalibrate,
  },
  wall: {
    says: 'the bare path of a report: TCP, Redis, one distance, COPY; what the following are measured against',
    load: async () => (await import('./system/wall.ts')).wall,
  },
  ingest: {
    says: 'gateway batches answered, evaluated and stored: compact frames, then JSON',
    load: async () => (await import('./system/ingest.ts')).ingest,
  },
  http: {
    says: 'one OsmAnd request a report, answered, evaluated and stored',
    load: async () => (await import('./system/http.ts')).http,
  },
  tcp: {
    says: 'GT06 over 10,000 connections, answered, evaluated and stored',
    load: async () => (await import('./system/tcp.ts')).tcp,
  },
  burst: {
    says: '150,000 reports within one second: until the last is answered, and what is lost',
    load: async () => (await import('./system/burst.ts')).burst,
  },
  backlog: {
    says: '900,000 buffered reports after an outage while live ones go on',
    load: async () => (await import('./system/backlog.ts')).backlog,
  },
  live: {
    says: "2,500 reports a second: from the bracelet to the officer's WebSocket",
    load: async () => (await import('./system/live.ts')).live,
  },
  map: {
    says: '5,000 moving bracelets in view of the console in Chromium: its frames (--rate n, --seconds n, --wearers n)',
    load: async () => (await import('./console/map.ts')).map,
  },
  query: {
    says: "one wearer's day of 1,440 fixes out of 50 million rows (--rows n)",
    load: async () => (await import('./system/query.ts')).query,
  },
}

async function main(argv: string[]): Promise<number> {
  const name = argv.find((arg) => !arg.startsWith('-'))
  const bench = name === undefined ? undefined : BENCHES[name]
  if (!name || !bench) {
    if (name) console.error(`no bench is called ${name}`)
    for (const [key, { says }] of Object.entries(BENCHES)) console.error(`  ${key.padEnd(16)} ${says}`)
    return name ? 2 : 0
  }
  const seed = seedOf(argv)
  const json = argv.includes('--json')
  const on = machine()
  const say = json ? () => undefined : (line: string) => console.log(line)
  say(`${name}, seed ${seed}, ${on.cpu}, ${on.cores} cores, Node ${on.node}`)
  const run = await bench.load()
  const { marks, ...rest } = await run({ seed, say, args: argv })
  if (json) console.log(JSON.stringify({ bench: name, seed, machine: on, marks, ...rest }))
  else for (const [id, value] of Object.entries(marks)) say(`${id.padEnd(36)} ${value}`)
  return 0
}

function seedOf(argv: string[]): number {
  const at = argv.indexOf('--seed')
  if (at < 0) return 1
  const seed = Number(argv[at + 1])
  if (!Number.isInteger(seed)) throw new Error(`--seed wants a whole number, got ${argv[at + 1]}`)
  return seed
}

process.exitCode = await main(process.argv.slice(2))
