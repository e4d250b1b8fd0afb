// One listener for every device protocol over HTTP: the protocol decodes and forms the reply, this file decides whether it is sent.
import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { RefusalReason } from '../../../model/report/quarantine.ts'
import { authorize, isRefused, nameOf, type Sender } from '../../admission/authorize.ts'
import { type KnownDevice, takeTokens, tryTokens } from '../../admission/directory.ts'
import type { Batch, Intake } from '../../admission/intake.ts'
import { tlsOf } from '../../admission/tls-proof.ts'
import { inflateBody } from '../../http/inflate-body.ts'
import { BodyReader } from '../../http/read-body.ts'
import { NOT_KEPT_RETRY_SECONDS } from '../../limits.ts'
import type { Claim, DecodeContext, HttpDecoded, HttpProtocol, HttpProtocolRequest } from '../../protocols/decoder.ts'

type Env = { Bindings: HttpBindings }
type Status = 200 | 400 | 401 | 403 | 413 | 429 | 500 | 503

/**
 * 200 (or what the protocol says) = delivered, and then every report is on disk or in quarantine. 400 nobody named; 401 an
 * unknown device or a wrong credential, one answer for both, which makes a phone keep its reports until it is registered; 403
 * revoked, said to the holder of the credential; 413 too large; 429 above its rate, or too much of it refused and not looked at yet; 503 the log or the quarantine takes nothing now.
 */
export function httpProtocolApp(protocol: HttpProtocol, intake: Intake, isReady: () => boolean): Hono<Env> {
  const app = new Hono<Env>()
  const bodies = new BodyReader(intake.limits.protocolBodyBytesMax, intake.limits.bodiesBytesMax)
  app.all('*', (c) => answer(c, protocol, intake, isReady, bodies))
  app.onError((error, c) => {
    intake.log.error({ err: error, protocol: protocol.name }, 'a request failed')
    return c.body(null, 500)
  })
  return app
}

async function answer(
  c: Context<Env>,
  protocol: HttpProtocol,
  intake: Intake,
  isReady: () => boolean,
  bodies: BodyReader,
): Promise<Response> {
  const { incoming } = c.env
  if (!isReady()) return empty(c, 503)
  const received = await bodies.read(incoming)
  const body =
    typeof received === 'string'
      ? received
      : await inflateBody(received, incoming.headers['content-encoding'], intake.limits.protocolBodyBytesMax)
  const batch = intake.newBatch(protocol.name)
  if (body === 'cut') {
    intake.refuseStranger(batch, 'malformed', 'the body ended early', undefined, () =>
      protocol.redact(requestOf(incoming, Buffer.alloc(0))),
    )
    await intake.settle(batch)
    return empty(c, 400)
  }
  if (body === 'busy') {
    c.header('connection', 'close')
    return empty(c, 503)
  }
  if (body === 'too_large') {
    intake.refuse(batch, 'oversized', '')
    await intake.settle(batch)
    c.header('connection', 'close')
    return empty(c, 413)
  }
  intake.measures.bytes.inc({ protocol: protocol.name }, body.length + (incoming.url?.length ?? 0))
  const request = requestOf(incoming, body)
  const { socket } = incoming
  const sender: Sender = { protocol: protocol.name, address: socket.remoteAddress, tls: tlsOf(socket) }
  const speakers = new Speakers(intake, sender)
  const context: DecodeContext = {
    receivedMs: batch.receivedMs,
    settingsOf: (deviceId) => intake.directory.device(deviceId)?.device.settings,
    authorize: (claim) => speakers.wrongOf(claim) === undefined,
    isKnown: (deviceId) => intake.directory.device(deviceId) !== undefined,
  }
  const decoded = protocol.decode(request, context)
  const stranger = speakers.refused ?? whoIsWrong(decoded, speakers)
  if (stranger !== undefined) {
    intake.refuseStranger(batch, stranger.reason, '', stranger.deviceId, () => protocol.redact(request))
    await intake.settle(batch)
    if (stranger.status === 401) await intake.slowDown.hold(sender.address, stranger.deviceId)
    return empty(c, stranger.status)
  }
  return takeDecoded(c, protocol, intake, batch, request, decoded, sender)
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): HttpProtocolRequest {
  const contentType = incoming.headers['content-type']
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    ...(contentType === undefined ? {} : { contentType }),
    headers: incoming.headers,
    body,
  }
}

async function takeDecoded(
  c: Context<Env>,
  protocol: HttpProtocol,
  intake: Intake,
  batch: Batch,
  request: HttpProtocolRequest,
  decoded: HttpDecoded,
  sender: Sender,
): Promise<Response> {
  const { reports, reply, error } = decoded
  // Nearly always one report; an array comes from one phone, and counts for the first record's.
  const waitMs = reports.length === 0 ? 0 : rateWaitMs(intake, batch, reports[0]!.deviceId, reports.length)
  if (waitMs > 0) {
    intake.takeUrgent(batch, reports, 'secret', nameOf(sender))
    intake.refuse(batch, 'rate_limited', '')
    if (!(await intake.settle(batch))) return empty(c, 503)
    c.header('retry-after', String(Math.ceil(waitMs / 1000)))
    return empty(c, 429)
  }
  batch.sender = `device:${reports[0]?.deviceId ?? decoded.deviceId}`
  let isKept = true
  if (error !== undefined)
    isKept = intake.refuse(batch, error.reason, error.detail, decoded.deviceId, protocol.redact(request))
  for (const report of reports) {
    const known = intake.directory.device(report.deviceId) as KnownDevice
    const wrong = intake.take(batch, report, known, 'secret', nameOf(sender))
    // The request holds all its records, so it is kept once.
    if (wrong !== undefined && isKept)
      isKept = intake.refuse(
        batch,
        wrong.reason,
        wrong.detail,
        report.deviceId,
        batch.quarantined === undefined ? protocol.redact(request) : undefined,
      )
  }
  if (!(await intake.settle(batch))) return empty(c, 503)
  if (!isKept) {
    c.header('retry-after', NOT_KEPT_RETRY_SECONDS)
    return empty(c, 429)
  }
  if (reply.contentType !== undefined) c.header('content-type', reply.contentType)
  return reply.body === '' ? empty(c, reply.status as Status) : c.body(reply.body, reply.status as Status)
}

type Wrong = { status: Status; reason: RefusalReason; deviceId?: string }

/** Who speaks in one request; each is asked about once. */
class Speakers {
  /** The first that may not speak: then nothing of the request is taken. */
  refused: Wrong | undefined
  readonly #intake: Intake
  readonly #sender: Sender
  #last: string | undefined

  constructor(intake: Intake, sender: Sender) {
    this.#intake = intake
    this.#sender = sender
  }

  wrongOf({ deviceId, credential }: Claim): Wrong | undefined {
    if (this.refused !== undefined || this.#last === deviceId) return this.refused
    const verdict = authorize(this.#intake.directory, { ...this.#sender, credential }, deviceId)
    if (isRefused(verdict))
      this.refused = { status: verdict === 'revoked_device' ? 403 : 401, reason: verdict, deviceId }
    this.#last = deviceId
    return this.refused
  }
}

function whoIsWrong({ reports, deviceId, credential, error }: HttpDecoded, speakers: Speakers): Wrong | undefined {
  const claimOf = (id: string) => (credential === undefined ? { deviceId: id } : { deviceId: id, credential })
  for (const report of reports) {
    const wrong = speakers.wrongOf(claimOf(report.deviceId))
    if (wrong !== undefined) return wrong
  }
  if (reports.length > 0) return undefined
  if (deviceId !== undefined) return speakers.wrongOf(claimOf(deviceId))
  // An empty question, about nobody, gets its empty answer.
  return error === undefined ? undefined : { status: 400, reason: 'malformed' }
}

function rateWaitMs(intake: Intake, batch: Batch, deviceId: string, reports: number): number {
  const known = intake.directory.device(deviceId) as KnownDevice
  if (tryTokens(known, reports, batch.receivedMs, intake.limits)) return 0
  return Math.max(1, takeTokens(known, 0, batch.receivedMs, intake.limits))
}

// Small modems stumble over chunks, which Node would choose for an answer without a length.
function empty(c: Context<Env>, status: Status): Response {
  c.header('content-length', '0')
  return c.body(null, status)
}
