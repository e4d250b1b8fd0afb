// What the processes say of themselves at /metrics while a load runs: once a second, as an operator's Prometheus would ask.
import type { ServeProcess } from './serve-process.ts'

const EVERY_MS = 1000

export type MetricsWatched = {
  /** Once a second from the first report on; rates are per second since the row before. */
  seconds: MetricsSecond[]
  /** The longest of every shard, seconds. */
  lagByShard: { shard: number; evaluateS: number; recordS: number }[]
  /** Reports and frames, by protocol and reason. */
  refused: Record<string, number>
}
type MetricsSecond = {
  atS: number
  takenPerS: number
  judgedPerS: number
  storedPerS: number
  refusedPerS: number
  logEntries: number
  /** Of the shard that is furthest behind, by the saved positions; 0 where all is read. */
  evaluateLagS: number
  recordLagS: number
  quarantineWaiting: number
}
export type MetricsWatch = { stop(): Promise<MetricsWatched> }

type Sample = { labels: string; value: number }
type Totals = { taken: number; judged: number; stored: number; refused: number }
type Processes = { ingest: ServeProcess; evaluate: ServeProcess; record: ServeProcess }

/** Begins to ask; `stop` gives what was said. */
export function watchMetrics(processes: Processes): MetricsWatch {
  const beganMs = performance.now()
  const watched: MetricsWatched = { seconds: [], lagByShard: [], refused: {} }
  let before: { atMs: number; totals: Totals } | undefined
  let asking = Promise.resolve()
  const look = async (): Promise<void> => {
    const [ingest, evaluate, record] = (
      await Promise.all([processes.ingest, processes.evaluate, processes.record].map((each) => each.metrics()))
    ).map(samplesOf) as [Samples, Samples, Samples]
    const atMs = performance.now()
    const totals = {
      taken: sum(ingest, 'gelang_ingest_reports_total', 'verdict="stored"'),
      judged: sum(evaluate, 'gelang_evaluate_reports_total'),
      stored: sum(record, 'gelang_record_reports_total'),
      refused: sum(ingest, 'gelang_ingest_refusals_total'),
    }
    for (const { labels, value } of ingest.get('gelang_ingest_refusals_total') ?? []) watched.refused[labels] = value
    const lags = evaluate.get('gelang_log_lag_seconds') ?? []
    for (const { labels, value } of lags) keepLongest(watched.lagByShard, labels, value)
    if (before !== undefined && totals.taken + totals.refused > 0) {
      const perS = (name: keyof Totals) =>
        Math.round(((totals[name] - before!.totals[name]) * 1000) / (atMs - before!.atMs))
      watched.seconds.push({
        atS: Math.round((atMs - beganMs) / 1000),
        takenPerS: perS('taken'),
        judgedPerS: perS('judged'),
        storedPerS: perS('stored'),
        refusedPerS: perS('refused'),
        logEntries: sum(evaluate, 'gelang_log_entries'),
        evaluateLagS: longest(lags, 'reader="evaluate"'),
        recordLagS: longest(lags, 'reader="record"'),
        quarantineWaiting: sum(evaluate, 'gelang_quarantine_waiting'),
      })
    }
    before = { atMs, totals }
  }
  const timer = setInterval(() => {
    asking = asking.then(look)
  }, EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await asking
      return watched
    },
  }
}

/** A short table for people. */
export function sayMetrics(say: (line: string) => void, { seconds, lagByShard, refused }: MetricsWatched): void {
  say('/metrics   s   taken/s  judged/s  stored/s  refused/s  log entries  evaluate lag s  record lag s  quarantine')
  for (const row of seconds)
    say(
      [
        [row.atS, 12],
        [row.takenPerS, 10],
        [row.judgedPerS, 10],
        [row.storedPerS, 10],
        [row.refusedPerS, 11],
        [row.logEntries, 13],
        [row.evaluateLagS.toFixed(1), 16],
        [row.recordLagS.toFixed(1), 14],
        [row.quarantineWaiting, 12],
      ]
        .map(([text, width]) => String(text).padStart(width as number))
        .join(''),
    )
  const shards = lagByShard.map(
    ({ shard, evaluateS, recordS }) => `${shard}: ${evaluateS.toFixed(1)}/${recordS.toFixed(1)}`,
  )
  say(`longest lag by shard, evaluate/record s: ${shards.join('  ')}`)
  const reasons = Object.entries(refused).map(([labels, count]) => `${labels} ${count}`)
  say(`refused: ${reasons.length === 0 ? 'none' : reasons.join(', ')}`)
}

type Samples = Map<string, Sample[]>

function samplesOf(text: string): Samples {
  const samples: Samples = new Map()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{([^}]*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    const sample = { labels, value: Number(value) }
    const known = samples.get(name)
    if (known === undefined) samples.set(name, [sample])
    else known.push(sample)
  }
  return samples
}

function sum(samples: Samples, name: string, labels = ''): number {
  return (samples.get(name) ?? []).reduce((all, each) => (each.labels.includes(labels) ? all + each.value : all), 0)
}

function longest(samples: Sample[], labels: string): number {
  return samples.reduce((most, each) => (each.labels.includes(labels) ? Math.max(most, each.value) : most), 0)
}

function keepLongest(lagByShard: MetricsWatched['lagByShard'], labels: string, lagS: number): void {
  const shard = Number(/shard="(\d+)"/.exec(labels)?.[1])
  lagByShard[shard] ??= { shard, evaluateS: 0, recordS: 0 }
  const lag = lagByShard[shard]
  if (labels.includes('reader="evaluate"')) lag.evaluateS = Math.max(lag.evaluateS, lagS)
  else lag.recordS = Math.max(lag.recordS, lagS)
}
