// A notifying process in this process, its own keys in a real Redis, and a receiver that a test can make fail.
import { randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import type { Incident, LoggedIncident } from '../../model/incident/incident.ts'
import type { Clock, Log } from '../../model/observe.ts'
import type { Alert } from '../../notify/channels/message.ts'
import { type ChannelSettings, openChannels } from '../../notify/channels/open-channels.ts'
import type { DeliveryLimits } from '../../notify/delivery-limits.ts'
import type { Recipient } from '../../notify/recipient.ts'
import { type Notifying, startNotify } from '../../notify/start-notify.ts'
import type { Conceal } from '../../stream/redis/conceal.ts'
import { connectQueueWorker, connectRedis } from '../../stream/redis/connect.ts'
import { waitFor } from '../setup/patience.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog, type TestRedis } from '../setup/test-redis.ts'

export const SHARDS = 2
/** Where hand-set clocks begin. */
export const START_MS = 1_770_000_060_000

export type Received = {
  alert: Alert & { text: { id: string; en: string } }
  deliveryId: string
  path: string
  taken: boolean
}

export type Receiver = {
  url(path?: string): string
  port: number
  received: Received[]
  /** What each request is answered with; 200 when it gives nothing. */
  answer: (request: Received, response: ServerResponse) => number | undefined | 'no answer'
  close(): Promise<void>
  listen(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let port = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const one: Received = {
        alert: JSON.parse(body),
        deliveryId: String(request.headers['idempotency-key']),
        path: request.url!,
        taken: false,
      }
      received.push(one)
      const status = receiver.answer(one, response) ?? 200
      if (status === 'no answer') return
      one.taken = status < 300
      response.writeHead(status).end('x')
    })
  })
  const receiver: Receiver = {
    url: (path = '/alerts') => `http://127.0.0.1:${port}${path}`,
    get port() {
      return port
    },
    received,
    answer: () => undefined,
    listen: () =>
      new Promise((resolve) =>
        server.listen(port, '127.0.0.1', () => {
          port = (server.address() as AddressInfo).port
          resolve()
        }),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await receiver.listen()
  return receiver
}

/** Resolves when the receiver has taken so many, and no more than these. */
export const untilTaken = (receiver: Receiver, count: number): Promise<void> =>
  waitFor(() => expect(receiver.received.filter(({ taken }) => taken)).toHaveLength(count))

/** Quick to try again, so that tests need not wait for minutes; however slow the machine, what was answered is not sent again. */
export const QUICK: Partial<DeliveryLimits> = {
  backoffMs: 30,
  backoffMsMax: 120,
  timeoutMs: PATIENCE_MS,
  lockMs: PATIENCE_MS,
  stalledMs: 300,
  afterMs: 100,
}

/** For tests in which a receiver hangs, or a process dies under a delivery. */
export const IMPATIENT: Partial<DeliveryLimits> = { timeoutMs: 400, lockMs: 1000 }

export function runNotify(
  test: TestRedis,
  recipients: readonly Recipient[],
  options: {
    limits?: Partial<DeliveryLimits>
    log?: Log
    clock?: Clock
    warmUpMs?: number
    correctAfterMs?: number
    channels?: ChannelSettings
    conceal?: Conceal
  } = {},
): Notifying & { metrics(): Promise<string>; failures: unknown[] } {
  const { meter, text } = openMeter()
  const failures: unknown[] = []
  const log = options.log ?? silentLog
  const settings = test.as('notify')
  const redis = connectRedis(settings, 'notify', log)
  const notifying = startNotify({
    redis,
    keys: test.keys,
    openReader: (name) => connectRedis(settings, name, log),
    openWorker: (name) => connectQueueWorker(settings, name, log),
    shardCount: SHARDS,
    ownerId: randomBytes(4).toString('hex'),
    leaseTtlMs: 1500,
    blockMs: 50,
    consoleUrl: 'https://konsol.example',
    recipients,
    deliver: openChannels(options.channels ?? {}),
    ...(options.conceal === undefined ? {} : { conceal: options.conceal }),
    clock: options.clock ?? (() => START_MS),
    log,
    meter,
    limits: { ...QUICK, ...options.limits },
    correctAfterMs: options.correctAfterMs ?? 0,
    ...(options.warmUpMs === undefined ? {} : { warmUpMs: options.warmUpMs }),
    onFatal: (error) => failures.push(error),
  })
  const stop = async () => {
    await notifying.stop()
    redis.disconnect()
  }
  return { ...notifying, stop, metrics: text, failures }
}

export function incidentOf(id: number, changes: Partial<Incident> = {}): Incident {
  return {
    id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    type: 'away_from_required_zone',
    severity: 'serius',
    wearerId: 4711,
    conditionId: 'condition-of-somebody',
    startMs: 1_770_000_000_000,
    confirmedMs: 1_770_000_060_000,
    evidence: [{ timeMs: 1_770_000_000_000, role: 'start', latE7: -62_001_234, lonE7: 1_068_005_678 }],
    engineVersion: 'test',
    planHash: 'hash',
    late: false,
    inferred: false,
    revision: 1,
    ...changes,
  }
}

/** Puts revisions into a shard's incident log, as an evaluator's commit does. */
export async function conclude(test: TestRedis, shard: number, ...incidents: LoggedIncident[]): Promise<void> {
  for (const incident of incidents)
    await test.redis.xadd(test.keys.incidents(shard), '*', 'json', JSON.stringify(incident))
}

/** The same at a moment of one's own, by Redis' clock. */
export async function concludeAt(test: TestRedis, atMs: number, ...incidents: LoggedIncident[]): Promise<void> {
  for (const incident of incidents)
    await test.redis.xadd(test.keys.incidents(0), `${atMs}-*`, 'json', JSON.stringify(incident))
}
