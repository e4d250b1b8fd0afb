// How every folder speaks of its own work. `bin/` gives the implementations (pino, prom-client); nothing else logs.

/** Structured log. Fields never hold names, NIK, coordinates, secrets or URLs with queries. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type Labels = Record<string, string | number>
export type Counter = { inc(labels?: Labels, by?: number): void }
export type Gauge = { set(value: number, labels?: Labels): void }
export type Histogram = { observe(value: number, labels?: Labels): void }

/** Names follow Prometheus: `gelang_ingest_reports_total`, units last (`_seconds`, `_bytes`). Asking twice gives the same one. */
export type Meter = {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter
  gauge(name: string, help: string, labelNames?: readonly string[]): Gauge
  histogram(name: string, help: string, bucketsUpTo: readonly number[], labelNames?: readonly string[]): Histogram
}

/** UTC milliseconds; `Date.now` in the processes, a hand-set clock in tests. */
export type Clock = () => number
