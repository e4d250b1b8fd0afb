// Prometheus behind the Meter of model/observe.ts.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Meter } from '../../model/observe.ts'

/** A meter and the text of its figures in Prometheus' exposition format. */
export function openMeter(): { meter: Meter; text(): Promise<string>; contentType: string } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const known = new Map<string, unknown>()
  const once = <T>(name: string, make: () => T): T => {
    if (!known.has(name)) known.set(name, make())
    return known.get(name) as T
  }
  const meter: Meter = {
    counter: (name, help, labelNames = []) =>
      once(name, () => {
        const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
        return { inc: (labels, by = 1) => (labels ? counter.inc(labels, by) : counter.inc(by)) }
      }),
    gauge: (name, help, labelNames = []) =>
      once(name, () => {
        const gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] })
        return { set: (value, labels) => (labels ? gauge.set(labels, value) : gauge.set(value)) }
      }),
    histogram: (name, help, buckets, labelNames = []) =>
      once(name, () => {
        const histogram = new Histogram({
          name,
          help,
          buckets: [...buckets],
          labelNames: [...labelNames],
          registers: [registry],
        })
        return { observe: (value, labels) => (labels ? histogram.observe(labels, value) : histogram.observe(value)) }
      }),
  }
  return { meter, text: () => registry.metrics(), contentType: registry.contentType }
}
