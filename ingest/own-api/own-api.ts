// POST /v1/reports: our own JSON, one report or a batch.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { authenticate, knowsSecret } from '../admission/authenticate.ts'
import { takeTokens, tryTokens } from '../admission/directory.ts'
import type { Intake } from '../admission/intake.ts'
import { inflateBody } from '../http/inflate-body.ts'
import { BodyReader } from '../http/read-body.ts'
import { NOT_KEPT_RETRY_SECONDS } from '../limits.ts'
import { isDeviceId } from '../protocols/own-json/json-report.ts'
import { traccarReport } from '../protocols/own-json/traccar-position.ts'
import { takeJsonReports, takeUrgentJsonReports } from './take-json-reports.ts'

type Env = { Bindings: HttpBindings }
const RETRY_AFTER_SECONDS = '2'
const START_BYTES = 1024

export function ownApi(intake: Intake, isReady: () => boolean): Hono<Env> {
  const app = new Hono<Env>()
  const bodies = new BodyReader(intake.limits.bodyBytesMax, intake.limits.bodiesBytesMax)
  app.post('/v1/reports', (c) => takeReports(c, intake, isReady, bodies, OWN))
  app.post('/v1/traccar/positions', (c) => takeReports(c, intake, isReady, bodies, TRACCAR))
  app.notFound((c) => refuse(c, 404, 'not_found', 'POST /v1/reports or a WebSocket on /v1/gateway'))
  app.onError((error, c) => {
    intake.log.error({ err: error }, 'a request to the own API failed')
    return refuse(c, 500, 'internal', 'the server failed; send again later')
  })
  return app
}

/** What a body holds, and what its sender understands. */
type Shape = {
  /** One or several reports in our own JSON; undefined where there is none. */
  reportsOf(value: unknown): unknown[] | undefined
  expected: string
  /** The sender reads the verdicts; one that does not must see by 429 that it has to send again what was not kept. */
  readsVerdicts: boolean
}
const OWN: Shape = { reportsOf, expected: 'one report or {"reports":[…]}', readsVerdicts: true }
const TRACCAR: Shape = {
  reportsOf(value) {
    const report = traccarReport(value)
    return report && [report]
  },
  expected: '{"position":{…},"device":{"uniqueId":…}}',
  readsVerdicts: false,
}

async function takeReports(
  c: Context<Env>,
  intake: Intake,
  isReady: () => boolean,
  bodies: BodyReader,
  shape: Shape,
): Promise<Response> {
  const { incoming } = c.env
  const { limits, directory } = intake
  if (!isReady()) return unavailable(c, 'starting', 'not ready yet')
  const received = await bodies.read(incoming)
  const named = incoming.headers['x-device-id']
  let deviceId = typeof named === 'string' ? named : undefined
  let auth = authenticate(directory, incoming.headers, incoming.socket, deviceId)
  // A body is unpacked and parsed only for whoever shows a secret that some bracelet or gateway has.
  const mayBeKnown = auth.ok || (deviceId === undefined && knowsSecret(directory, incoming.headers))
  const body =
    typeof received === 'string' || !mayBeKnown
      ? received
      : await inflateBody(received, incoming.headers['content-encoding'], limits.bodyBytesMax)
  const batch = intake.newBatch('own')
  if (body === 'cut') return refuse(c, 400, 'cut', 'the body ended early')
  if (body === 'busy') {
    c.header('connection', 'close')
    return unavailable(c, 'busy', 'too much is arriving at once')
  }
  if (body === 'too_large') {
    intake.refuse(batch, 'oversized', '')
    await intake.settle(batch)
    c.header('connection', 'close')
    return refuse(c, 413, 'oversized', `a body holds at most ${limits.bodyBytesMax} bytes`)
  }
  intake.measures.bytes.inc({ protocol: 'own' }, body.length)

  const values = mayBeKnown ? shape.reportsOf(parse(body)) : undefined
  if (!auth.ok && deviceId === undefined) {
    deviceId = mayBeKnown ? firstDeviceId(values) : deviceIdAtStart(body)
    auth = authenticate(directory, incoming.headers, incoming.socket, deviceId)
  }
  if (!auth.ok) {
    intake.refuseStranger(batch, auth.code, `POST ${c.req.path}`, auth.deviceId, () => body)
    await intake.settle(batch)
    if (auth.status === 401) await intake.slowDown.hold(incoming.socket.remoteAddress, auth.deviceId ?? auth.gatewayId)
    if (auth.status === 401) c.header('www-authenticate', 'Bearer')
    return refuse(c, auth.status, auth.code, 'the credential is not valid for these reports')
  }
  const { sender, name } = auth
  batch.sender = name
  if (values === undefined) {
    const isKept = intake.refuse(batch, 'malformed', `not ${shape.expected}`, name.slice(name.indexOf(':') + 1), body)
    if (!(await intake.settle(batch))) return unavailable(c, 'log_unavailable', 'the report log takes nothing now')
    if (!isKept) {
      c.header('retry-after', NOT_KEPT_RETRY_SECONDS)
      return refuse(
        c,
        429,
        'rate_limited',
        'too much of yours was refused and not looked at yet; send this again later',
      )
    }
    return refuse(c, 400, 'malformed', `send ${shape.expected} as JSON`)
  }
  if (values.length > limits.batchReportsMax) {
    intake.refuse(batch, 'oversized', '')
    await intake.settle(batch)
    return refuse(c, 413, 'oversized', `a request holds at most ${limits.batchReportsMax} reports`)
  }
  if (sender.gateway === undefined) {
    const known = directory.device(deviceId!)!
    if (!tryTokens(known, values.length, batch.receivedMs, limits)) {
      takeUrgentJsonReports(intake, batch, values, sender, deviceId!)
      intake.refuse(batch, 'rate_limited', '')
      if (!(await intake.settle(batch))) return unavailable(c, 'log_unavailable', 'the report log takes nothing now')
      const waitMs = takeTokens(known, 0, batch.receivedMs, limits)
      c.header('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))))
      return refuse(c, 429, 'rate_limited', 'too many reports; send these again later')
    }
  }
  const verdicts = takeJsonReports(intake, batch, values, sender, body)
  if (!(await intake.settle(batch))) return unavailable(c, 'log_unavailable', 'the report log takes nothing now')
  if (!shape.readsVerdicts && verdicts.includes('"retry":true')) {
    c.header('retry-after', NOT_KEPT_RETRY_SECONDS)
    return refuse(c, 429, 'rate_limited', 'not kept; send this again later')
  }
  return c.body(`{"results":[${verdicts}]}`, 200, { 'content-type': 'application/json' })
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** One object is a batch of one; undefined where the body is neither. */
function reportsOf(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { reports } = value as { reports?: unknown }
  if (reports === undefined) return [value]
  return Array.isArray(reports) ? reports : undefined
}

/** Whom a body that is not parsed seems to name: wrong tries are counted by that. */
function deviceIdAtStart(body: Buffer): string | undefined {
  const [, id] = /"deviceId": ?"([\x21\x23-\x7e]{1,64})"/.exec(body.toString('latin1', 0, START_BYTES)) ?? []
  return id
}

function firstDeviceId(values: unknown[] | undefined): string | undefined {
  const id = (values?.[0] as { deviceId?: unknown } | null | undefined)?.deviceId
  return isDeviceId(id) ? id : undefined
}

function unavailable(c: Context<Env>, code: string, message: string): Response {
  c.header('retry-after', RETRY_AFTER_SECONDS)
  return refuse(c, 503, code, message)
}

function refuse(
  c: Context<Env>,
  status: 400 | 401 | 403 | 404 | 413 | 429 | 500 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status)
}
