import type { Counter, Gauge, Histogram, Meter } from '../../model/observe.ts'

export type IngestMeasures = {
  reports: Counter
  refusals: Counter
  bytes: Counter
  connections: Gauge
  cutConnections: Counter
  droppedDatagrams: Counter
  appendSeconds: Histogram
  unanswered: Counter
  strangersNotKept: Counter
  notKept: Counter
  unknownAlarms: Counter
  unexplained: Counter
}

/** The metrics of ingest; the labels hold protocols, verdicts, reasons and models only, never ids. */
export function ingestMeasures(meter: Meter): IngestMeasures {
  return {
    reports: meter.counter(
      'gelang_ingest_reports_total',
      'Reports by protocol and verdict (stored, discarded, refused)',
      ['protocol', 'verdict'],
    ),
    refusals: meter.counter('gelang_ingest_refusals_total', 'Reports, frames and requests refused, by reason', [
      'protocol',
      'reason',
    ]),
    bytes: meter.counter('gelang_ingest_bytes_total', 'Bytes received from devices and gateways', ['protocol']),
    connections: meter.gauge('gelang_ingest_connections', 'Open connections of devices and gateways', ['protocol']),
    cutConnections: meter.counter('gelang_ingest_connections_cut_total', 'Connections closed by us, by cause', [
      'protocol',
      'cause',
    ]),
    droppedDatagrams: meter.counter('gelang_ingest_datagrams_dropped_total', 'Datagrams dropped unread, by cause', [
      'protocol',
      'cause',
    ]),
    appendSeconds: meter.histogram(
      'gelang_ingest_append_seconds',
      'From the last report of a batch decoded until all are on disk',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      ['protocol'],
    ),
    unanswered: meter.counter(
      'gelang_ingest_unanswered_batches_total',
      'Batches that got no positive answer because the log or the quarantine took them not',
      ['protocol'],
    ),
    notKept: meter.counter(
      'gelang_ingest_not_kept_total',
      'Refused reports and frames not kept because their sender had filled its share of the quarantine; to be sent again where the protocol can say so',
      ['protocol'],
    ),
    unexplained: meter.counter(
      'gelang_ingest_unexplained_reports_total',
      'Old reports of senders without proof that the bracelet had no reason to keep; stored as disputed',
      ['protocol'],
    ),
    unknownAlarms: meter.counter(
      'gelang_ingest_unknown_alarms_total',
      'Reports with an alarm that no table knows, by protocol and model',
      ['protocol', 'model'],
    ),
    strangersNotKept: meter.counter(
      'gelang_ingest_strangers_not_kept_total',
      'Refused requests of senders who could not say who they are, counted but above the rate that quarantine keeps',
      ['protocol'],
    ),
  }
}
