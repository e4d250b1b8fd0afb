// Of better-auth's routes, these three are open; the rest (sign-up, "is this name taken", …) does not exist here.
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { errorSchema, textSchema } from '../../model/console/wire.ts'
import { auditFailedSignIn, auditSession } from '../../store/access/append-audit.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readOfficerByAuthUser } from '../../store/people/read-officer.ts'
import { databaseAway, Refusal } from '../answer/refusal.ts'
import { Turns } from '../answer/turns.ts'
import { CLIENT_ADDRESS_HEADER, upgradeHash } from '../sign-in/auth.ts'
import { networkOf } from '../sign-in/client-address.ts'
import { json } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'

/** Each takes 19 MiB and a processor for some hundredths of a second. */
const SIGN_IN_TURNS = { runningMax: 4, perKeyMax: 30, waitingMax: 200, waitMsMax: 10_000 } as const
const tooManyAttempts = () => new Refusal(429, 'too_many_attempts', 'too many attempts to sign in; wait')

const signInRoute = createRoute({
  method: 'post',
  path: '/api/auth/sign-in/username',
  summary: 'Sign in; the answer sets the session cookie',
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({ username: textSchema.min(1).max(64), password: textSchema.min(1).max(128) }),
        },
      },
    },
  },
  responses: {
    200: json(z.object({ ok: z.literal(true) }), 'signed in'),
    400: json(errorSchema, 'invalid_input'),
    401: json(errorSchema, 'invalid_credentials'),
    403: json(errorSchema, 'wrong_origin'),
    429: json(errorSchema, 'too_many_attempts; retry-after says when'),
    503: json(errorSchema, 'database_away'),
  },
})

const signOutRoute = createRoute({
  method: 'post',
  path: '/api/auth/sign-out',
  summary: 'End the session; its live feeds are closed at once',
  responses: {
    200: json(z.object({ ok: z.literal(true) }), 'signed out'),
    403: json(errorSchema, 'wrong_origin'),
    503: json(errorSchema, 'database_away: the session stays open until it expires'),
  },
})

export function addLogin(app: ApiApp, parts: ApiParts): void {
  const { auth, apiPool, sessions, hub, log, signInLimits, devices, clientAddress, clock } = parts
  const turns = new Turns(SIGN_IN_TURNS, tooManyAttempts)

  app.openapi(signInRoute, async (c) => {
    const { username, password } = c.req.valid('json')
    const address = clientAddress(c)
    const attempt = { username, address, device: devices.read(c, username, clock()) }
    const answer = await turns.run(networkOf(address), async () => {
      const waitS = await signInLimits.begin(attempt)
      if (waitS === undefined) return forward(c, 'sign-in/username', { username, password })
      await auditFailedSignIn(apiPool, username, 'too_many_attempts', { from: networkOf(address) })
      c.header('retry-after', String(Math.ceil(waitS)))
      throw tooManyAttempts()
    })
    if (answer.status >= 500) {
      await signInLimits.notTried(attempt)
      throw databaseAway()
    }
    if (!answer.ok) {
      await auditFailedSignIn(apiPool, username, 'wrong_password', { from: networkOf(address) })
      throw new Refusal(401, 'invalid_credentials', 'the name or the password is wrong')
    }
    const { user } = (await answer.json()) as { user: { id: string } }
    await signInLimits.succeeded(attempt)
    await upgradeHash(auth, user.id, password)
    const officer = await readOfficerByAuthUser(apiPool, user.id)
    if (officer) await asOfficer(apiPool, officer.officerId, (client) => auditSession(client, 'open'))
    devices.remember(c, username, clock())
    setCookies(c, answer)
    return c.json({ ok: true as const }, 200)
  })

  app.openapi(signOutRoute, async (c) => {
    const session = await sessions.session(c.req.raw.headers)
    const answer = await forward(c, 'sign-out', {})
    setCookies(c, answer)
    if (session === undefined) return c.json({ ok: true as const }, 200)
    // The library clears the cookie whether or not the row went: look.
    if ((await sessions.session(c.req.raw.headers)) !== undefined) throw databaseAway()
    hub.endSession(session.id, 'signed_out')
    const officer = await readOfficerByAuthUser(apiPool, session.userId)
    if (officer) await asOfficer(apiPool, officer.officerId, (client) => auditSession(client, 'close'))
    log.info({}, 'signed out')
    return c.json({ ok: true as const }, 200)
  })

  function forward(c: Context, path: string, body: object): Promise<Response> {
    const headers = new Headers({
      'content-type': 'application/json',
      origin: new URL(parts.baseUrl).origin,
      cookie: c.req.header('cookie') ?? '',
      'user-agent': (c.req.header('user-agent') ?? '').slice(0, 200),
      [CLIENT_ADDRESS_HEADER]: clientAddress(c),
    })
    const request = new Request(new URL(`/api/auth/${path}`, parts.baseUrl), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return auth.handler(request)
  }
}

function setCookies(c: Context, answer: Response): void {
  for (const cookie of answer.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
}
