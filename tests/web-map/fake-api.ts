// The API's console side with sample data instead of services: REST and live feed as model/console/console.ts says, and the built
// console as static files under a strict content security policy. For tests and screenshots.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type WebSocket, WebSocketServer } from 'ws'
import { serveConsole } from '../../api/console-files.ts'
import type { Role } from '../../model/access/roles.ts'
import type { IncidentView, LiveMessage, MapSettings } from '../../model/console/console.ts'
import type { TrialRequest } from '../../model/console/judgement.ts'
import { INCIDENT_TYPES, type IncidentAct } from '../../model/incident/incident.ts'

import { detailOf, ME, type Sample, trackOfStory, UNITS } from './sample-data.ts'
import { judgeSample } from './sample-judgement.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Wearer whose panel asks for a reason. */
export const OTHERS_WEARER = 7

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

export type FakeApi = Awaited<ReturnType<typeof startFakeApi>>

export async function startFakeApi(options: {
  folder: string
  sample: Sample
  port?: number
  mapSettings?: MapSettings
  role?: Role
}) {
  const { sample } = options
  const incidents = new Map<string, IncidentView>(sample.incidents.map((incident) => [incident.id, incident]))
  const granted = new Set<string>()
  const sockets = new Set<WebSocket>()
  let sessions = new Set<string>()
  /** Incidents and acts in order; the cursor is how many a console has had. */
  const sent: LiveMessage[] = []
  let actId = 1000
  let refusing = false
  let statusMore: Partial<Extract<LiveMessage, { t: 'status' }>> = {}
  const clock = Date.now
  const judged = judgeSample(sample)
  let explanation = judged.explanation
  /** What was read of a track, in order, as the audit would have it. */
  const trackReads: string[] = []
  const trials: TrialRequest[] = []
  let tracksNeedReason = false
  const refusedTrack = (wearerId: string) => tracksNeedReason && !granted.has(wearerId)

  const publish = (message: DistributiveOmit<Extract<LiveMessage, { t: 'incident' | 'act' }>, 'cursor'>) => {
    const whole = { ...message, cursor: String(sent.length + 1) }
    sent.push(whole)
    send(whole)
  }
  const send = (message: LiveMessage) => {
    for (const socket of sockets) socket.send(JSON.stringify(message))
  }
  const refuse = (c: Context, status: 401 | 403 | 404 | 409, code: string) =>
    c.json({ error: { code, message: code } }, status)

  const app = new Hono()
  app.use('*', async (c, next) => {
    await next()
    c.header('content-security-policy', POLICY)
  })
  app.post('/api/auth/sign-in/username', async (c) => {
    const { password } = await c.req.json<{ password: string }>()
    if (password !== 'rahasia') return refuse(c, 401, 'invalid_credentials')
    const token = randomUUID()
    sessions.add(token)
    setCookie(c, 'session', token, { httpOnly: true, sameSite: 'Strict' })
    return c.json({ ok: true })
  })
  app.post('/api/auth/sign-out', (c) => {
    sessions.delete(getCookie(c, 'session') ?? '')
    deleteCookie(c, 'session')
    return c.json({ ok: true })
  })
  app.use('/v1/*', async (c, next) => {
    if (!sessions.has(getCookie(c, 'session') ?? '')) return refuse(c, 401, 'not_signed_in')
    return next()
  })
  app.get('/v1/me', (c) => c.json({ ...ME, role: options.role ?? ME.role }))
  app.get('/v1/units', (c) => c.json({ units: UNITS }))
  app.get('/v1/figures', (c) => {
    const none = { concerned: 0, untaken: 0, kritisOpen: 0, seriusOpen: 0, informasiOpen: 0 }
    const week = { raisedWeek: 0, resolvedWeek: 0, falseWeek: 0 }
    const units = UNITS.map(({ path, name, kind }) => {
      const klien = sample.wearers.filter(({ unitPath }) => unitPath.startsWith(path)).length
      return { path, name, kind, klien, ...none, ...week }
    })
    return c.json({ units })
  })
  app.get('/v1/zones', (c) => c.json({ zones: sample.zones }))
  app.get('/v1/map-settings', (c) => c.json(options.mapSettings ?? {}))
  app.get('/v1/wearers', (c) => {
    const from = Number(c.req.query('after') ?? 0)
    const page = sample.wearers.slice(from, from + Number(c.req.query('limit')))
    return c.json({
      wearers: page,
      ...(from + page.length < sample.wearers.length ? { next: String(from + page.length) } : {}),
    })
  })
  app.get('/v1/wearers/:id', (c) => {
    const wearer = sample.wearers.find((one) => one.id === c.req.param('id'))
    if (!wearer) return refuse(c, 404, 'not_found')
    if (wearer.n === OTHERS_WEARER && !granted.has(wearer.id)) return refuse(c, 403, 'reason_required')
    return c.json(detailOf(wearer, sample.nowMs))
  })
  app.post('/v1/wearers/:id/access', (c) => {
    granted.add(c.req.param('id'))
    return c.body(null, 204)
  })
  app.get('/v1/wearers/:id/track', (c) => c.json({ fixes: trackOfStory(sample.nowMs) }))
  app.get('/v1/wearers/:id/ledger', (c) => {
    if (refusedTrack(c.req.param('id'))) return refuse(c, 403, 'reason_required')
    trackReads.push('ledger')
    const [from, to] = [c.req.query('from')!, c.req.query('to')!].map((iso) => Date.parse(iso))
    return c.json({ rows: judged.ledger(from!, to!) })
  })
  app.post('/v1/backtests', async (c) => {
    const asked = await c.req.json<TrialRequest>()
    trials.push(asked)
    trackReads.push('trial')
    return c.json(judged.backtest(asked))
  })
  app.get('/v1/incidents/:id/explanation', (c) => {
    const incident = incidents.get(c.req.param('id'))
    if (!incident?.wearer) return refuse(c, 404, 'not_found')
    if (refusedTrack(incident.wearer.id)) return refuse(c, 403, 'reason_required')
    trackReads.push('explanation')
    if (incident.id === judged.incident.id) return c.json(explanation)
    if (INCIDENT_TYPES[incident.type].openedBy !== 'device') return refuse(c, 409, 'not_explained')
    const { engineVersion, planHash, hash } = explanation
    return c.json({ incident, engineVersion, planHash, weighings: [], hash, same: true })
  })
  app.get('/v1/incidents', (c) => {
    const closed = c.req.query('state') === 'closed'
    const wearerId = c.req.query('wearer')
    const resolved = (incident: IncidentView) => incident.acts.some((act) => act.action === 'resolve')
    return c.json({
      incidents: [...incidents.values()].filter(
        (incident) => resolved(incident) === closed && (!wearerId || incident.wearer?.id === wearerId),
      ),
    })
  })
  app.get('/v1/incidents/:id', (c) => {
    const incident = incidents.get(c.req.param('id'))
    return incident ? c.json({ incident, revisions: [incident] }) : refuse(c, 404, 'not_found')
  })
  app.post('/v1/incidents/:id/acts', async (c) => {
    const incident = incidents.get(c.req.param('id'))
    if (!incident) return refuse(c, 404, 'not_found')
    const request = (await c.req.json()) as Pick<IncidentAct, 'action'> & Partial<IncidentAct>
    const act: IncidentAct = {
      ...request,
      actId: ++actId,
      incidentId: incident.id,
      wearerId: incident.wearerId,
      officerName: ME.name,
      atMs: clock(),
    }
    incident.acts.push(act)
    publish({ t: 'act', act })
    return c.json({ act })
  })
  serveConsole(app, options.folder)

  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  const live = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const token = /session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
    if (refusing || !token || !sessions.has(token)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      return
    }
    live.handleUpgrade(request, socket, head, (accepted) => {
      const from = new URL(request.url ?? '', 'http://localhost').searchParams.get('cursor')
      sockets.add(accepted)
      accepted.on('close', () => sockets.delete(accepted))
      const say = (message: LiveMessage) => accepted.send(JSON.stringify(message))
      say({ t: 'hello', serverMs: clock(), resumed: from !== null, cursor: from ?? String(sent.length) })
      say({ t: 'roster', wearers: sample.wearers })
      say({ t: 'positions', rows: sample.rows })
      for (const message of sent.slice(Number(from ?? sent.length))) say(message)
      say({ t: 'status', serverMs: clock(), liveMs: clock(), redis: 'ok', database: 'ok', ...statusMore })
    })
  })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    incidents,
    judged,
    trackReads,
    /** Back-tests asked for. */
    trials,
    send,
    /** From now on the track of a wearer opens with a written reason only, as it does for Kanwil and Ditjenpas. */
    askReasonForTracks() {
      tracksNeedReason = true
    },
    /** What the explanation says from now on. */
    explainAs(more: Partial<typeof explanation>) {
      explanation = { ...explanation, ...more }
    },
    /** A new or revised incident, as the engine would raise it. */
    raise(incident: IncidentView) {
      incidents.set(incident.id, incident)
      publish({ t: 'incident', incident })
    },
    act(act: IncidentAct) {
      incidents.get(act.incidentId)?.acts.push(act)
      publish({ t: 'act', act })
    },
    setStatus(more: typeof statusMore) {
      statusMore = more
      send({ t: 'status', serverMs: clock(), liveMs: clock(), redis: 'ok', database: 'ok', ...more })
    },
    /** Cuts every live connection; with `stayAway` new ones are refused until `comeBack`. */
    cut(stayAway: boolean) {
      refusing = stayAway
      for (const socket of sockets) socket.terminate()
    },
    acceptAgain() {
      refusing = false
    },
    endSessions() {
      sessions = new Set()
      send({ t: 'bye', reason: 'expired' })
      for (const socket of sockets) socket.close()
    },
    async stop() {
      for (const socket of sockets) socket.terminate()
      live.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
