// The HTTP side: the routes. Everything under /v1 is in the OpenAPI document, and only that.
import { OpenAPIHono } from '@hono/zod-openapi'
import { compress } from 'hono/compress'
import { withDeadline } from './answer/deadline.ts'
import { limitedBody, sameOrigin, securityHeaders } from './answer/protect.ts'
import { Refusal, refusalOf, refuse } from './answer/refusal.ts'
import { Turns } from './answer/turns.ts'
import { serveConsole } from './console-files.ts'
import { addAccessHistory } from './routes/access-history.ts'
import { addActs } from './routes/acts.ts'
import { addAlarmWords } from './routes/alarm-words.ts'
import { addBacktests } from './routes/backtests.ts'
import { addBench } from './routes/bench.ts'
import { addBraceletClock } from './routes/bracelet-clock.ts'
import { addBracelets } from './routes/bracelets.ts'
import { addExplanation } from './routes/explanation.ts'
import { addFittings } from './routes/fittings.ts'
import { addGateways } from './routes/gateways.ts'
import { addHealth } from './routes/health.ts'
import { addIncidents } from './routes/incidents.ts'
import { addInvitations } from './routes/invitations.ts'
import { addKlien } from './routes/klien.ts'
import { addLedger } from './routes/ledger.ts'
import { addLive } from './routes/live.ts'
import { addLogin } from './routes/login.ts'
import { addOfficers } from './routes/officers.ts'
import { addOversight } from './routes/oversight.ts'
import type { ApiApp, ApiParts } from './routes/parts.ts'
import { addPlaces } from './routes/places.ts'
import { addProposals } from './routes/proposals.ts'
import { addQuarantine } from './routes/quarantine.ts'
import { addRecipients } from './routes/recipients.ts'
import { addSessions } from './routes/sessions.ts'
import { addTimeline } from './routes/timeline.ts'
import { addTrack } from './routes/track.ts'
import { READINGS, tooManyReadings } from './routes/track-access.ts'
import { addUnits } from './routes/units.ts'
import { addWearers } from './routes/wearers.ts'
import { sessionCookieName } from './sign-in/auth.ts'
import { type OfficerEnv, requireOfficer } from './sign-in/sessions.ts'

/** A request that has waited this long is answered that the database is away. */
const ANSWER_MS_MAX = 20_000

/** The whole HTTP application, without a socket. */
export function createApp(parts: ApiParts): ApiApp {
  const { baseUrl, origins, sessions, mapSettings, log, meter, clock } = parts
  const app: ApiApp = new OpenAPIHono<OfficerEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const where = result.error.issues.map(({ path, message }) => `${path.join('.') || result.target}: ${message}`)
      throw new Refusal(400, 'invalid_input', where.slice(0, 5).join('; '))
    },
  })
  app.onError(async (error, c) => {
    const refusal = refusalOf(error, log)
    const officerId = c.get('signedIn')?.officer.officerId
    if (officerId !== undefined) await parts.refused.note(officerId, c.req.method, c.req.path, refusal)
    return refuse(c, refusal)
  })

  const answered = meter.histogram(
    'gelang_api_request_seconds',
    'Time from request to answer',
    [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    ['method', 'status'],
  )
  app.use(async (c, next) => {
    const startMs = clock()
    await next()
    answered.observe((clock() - startMs) / 1000, { method: c.req.method, status: c.res.status })
  })
  app.use(compress())
  app.use(securityHeaders(baseUrl, origins, mapSettings.tileUrl))
  app.use(sameOrigin(origins))
  app.use(limitedBody)
  app.use((_c, next) => withDeadline(next(), ANSWER_MS_MAX))
  addHealth(app, parts)
  addLogin(app, parts)

  app.doc31('/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Gelang', version: '1', description: 'REST interface of the officers’ console.' },
    servers: [{ url: baseUrl }],
    security: [{ session: [] }],
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookieName(baseUrl),
  })
  app.use('/v1/*', requireOfficer(sessions))
  addPlaces(app, parts)
  addWearers(app, parts)
  addTrack(app, parts)
  addIncidents(app, parts)
  addTimeline(app, parts)
  const turns = new Turns(READINGS, tooManyReadings)
  addExplanation(app, parts, turns)
  addLedger(app, parts, turns)
  addBacktests(app, parts)
  addActs(app, parts)
  addLive(app)
  addSessions(app, parts)
  addOversight(app, parts)
  addUnits(app, parts)
  addOfficers(app, parts)
  addRecipients(app, parts)
  addInvitations(app, parts)
  addKlien(app, parts)
  addAccessHistory(app, parts)
  addBracelets(app, parts)
  addBraceletClock(app, parts)
  addAlarmWords(app, parts)
  addBench(app, parts)
  addFittings(app, parts)
  addGateways(app, parts)
  addQuarantine(app, parts)
  addProposals(app, parts)

  app.all('/v1/*', (c) => refuse(c, new Refusal(404, 'not_found', 'there is no such route')))
  app.all('/api/*', (c) => refuse(c, new Refusal(404, 'not_found', 'there is no such route')))
  if (parts.staticFolder !== undefined) serveConsole(app, parts.staticFolder)
  app.notFound((c) => refuse(c, new Refusal(404, 'not_found', 'there is no such route')))
  return app
}
