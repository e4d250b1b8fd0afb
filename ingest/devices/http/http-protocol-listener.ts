// One listener for every device protocol over HTTP: the protocol decodes and words the reply, this file decides whether it goes out.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { RefusalReason } from '../../../model/report/quarantine.ts'
import { type KnownDevice, takeTokens, tryTokens } from '../../admission/directory.ts'
import type { Batch, Intake } from '../../admission/intake.ts'
import { isSecret } from '../../credentials.ts'
import { BodyReader } from '../../http/read-body.ts'
import { NOT_KEPT_RETRY_SECONDS } from '../../limits.ts'
import type { DecodeContext, HttpDecoded, HttpProtocol, HttpProtocolRequest } from '../../protocols/decoder.ts'

type Env = { Bindings: HttpBindings }
type Status = 200 | 400 | 401 | 403 | 404 | 413 | 429 | 500 | 503

/**
 * 200 (or what the protocol says) = delivered, and then every report is on disk or in quarantine. 400 nobody named; 401 wrong
 * credential; 403 revoked; 404 unknown device, which makes a phone keep its reports until it is registered; 413 too large;
 * 429 above its rate, or too much of it refused and not looked at yet; 503 the log or the quarantine takes nothing now.
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
  const body = await bodies.read(incoming)
  const batch = intake.newBatch(protocol.name)
  if (body === 'cut') return empty(c, 400)
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
  const contentType = incoming.headers['content-type']
  const request: HttpProtocolRequest = {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    ...(contentType === undefined ? {} : { contentType }),
    headers: incoming.headers,
    body,
  }
  const context: DecodeContext = {
    receivedMs: batch.receivedMs,
    settingsOf: (deviceId) => intake.directory.device(deviceId)?.device.settings,
    authorize: ({ deviceId, credential }) => isWrong(deviceId, credential, intake) === undefined,
    isKnown: (deviceId) => intake.directory.device(deviceId) !== undefined,
  }
  const decoded = protocol.decode(request, context)
  const stranger = whoIsWrong(decoded, intake)
  if (stranger !== undefined) {
    intake.refuseStranger(batch, stranger.reason, '', stranger.deviceId, () => protocol.redact(request))
    await intake.settle(batch)
    return empty(c, stranger.status)
  }
  return takeDecoded(c, protocol, intake, batch, request, decoded)
}

async function takeDecoded(
  c: Context<Env>,
  protocol: HttpProtocol,
  intake: Intake,
  batch: Batch,
  request: HttpProtocolRequest,
  decoded: HttpDecoded,
): Promise<Response> {
  const { reports, error, reply } = decoded
  // Nearly always one report; an array is of one phone, and counts for the one that stands first.
  const waitMs = reports.length === 0 ? 0 : rateWaitMs(intake, batch, reports[0]!.deviceId, reports.length)
  if (waitMs > 0) {
    intake.refuse(batch, 'rate_limited', '')
    await intake.settle(batch)
    c.header('retry-after', String(Math.ceil(waitMs / 1000)))
    return empty(c, 429)
  }
  batch.sender = `device:${reports[0]?.deviceId ?? decoded.deviceId}`
  let isKept = true
  if (error !== undefined)
    isKept = intake.refuse(batch, error.reason, error.detail, decoded.deviceId, protocol.redact(request))
  for (const report of reports) {
    const reason = intake.take(batch, report, intake.directory.device(report.deviceId) as KnownDevice)
    // The request holds all its records, so it is kept once.
    if (reason !== undefined && isKept)
      isKept = intake.refuse(
        batch,
        reason,
        '',
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

function whoIsWrong(decoded: HttpDecoded, intake: Intake): Wrong | undefined {
  let checked: string | undefined
  for (const { deviceId } of decoded.reports) {
    if (deviceId === checked) continue
    const wrong = isWrong(deviceId, decoded.credential, intake)
    if (wrong !== undefined) return wrong
    checked = deviceId
  }
  if (checked !== undefined) return undefined
  if (decoded.deviceId !== undefined) return isWrong(decoded.deviceId, decoded.credential, intake)
  // An empty question, about nobody, gets its empty answer.
  return decoded.error === undefined ? undefined : { status: 400, reason: 'malformed' }
}

function isWrong(deviceId: string, credential: string | undefined, intake: Intake): Wrong | undefined {
  const known = intake.directory.device(deviceId)
  if (known === undefined) return { status: 404, reason: 'unknown_device', deviceId }
  if (!known.device.idSuffices && !(credential !== undefined && isSecret(credential, known.secretSha256)))
    return { status: 401, reason: 'bad_credential', deviceId }
  if (known.device.revoked) return { status: 403, reason: 'revoked_device', deviceId }
  return undefined
}

function rateWaitMs(intake: Intake, batch: Batch, deviceId: string, reports: number): number {
  const known = intake.directory.device(deviceId) as KnownDevice
  if (tryTokens(known, reports, batch.receivedMs, intake.limits)) return 0
  return Math.max(1, takeTokens(known, 0, batch.receivedMs, intake.limits))
}

function empty(c: Context<Env>, status: Status): Response {
  return c.body(null, status)
}
