// Accounts begin with a one-time link: Admin TI makes it, the officer sets a password by it.
import { randomBytes } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import { idSchema } from '../../model/console/wire.ts'
import {
  invitationAcceptSchema,
  invitationLookSchema,
  invitationSchema,
  inviteSchema,
  usernameSchema,
} from '../../model/console/wire-admin.ts'
import { addInvitation, openInvitation, useInvitation } from '../../store/access/invitations.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { readOfficer } from '../../store/people/officer-records.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { Turns } from '../answer/turns.ts'
import { setPassword } from '../sign-in/auth.ts'
import { networkOf } from '../sign-in/client-address.ts'
import { right } from '../sign-in/right.ts'
import { json, problem, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { storeRefusal } from './store-refusal.ts'

/** Each hashes a password: 19 MiB and some hundredths of a second. */
const ACCEPT_TURNS = { runningMax: 2, perKeyMax: 10, waitingMax: 50, waitMsMax: 10_000 } as const
const tooMany = () => new Refusal(429, 'too_many_attempts', 'too many at once; wait')
const noInvitation = () => new Refusal(404, 'invitation_over', 'the link was used, was replaced, or its time is over')

const inviteRoute = createRoute({
  method: 'post',
  path: '/v1/officers/{id}/invitation',
  ...right('officer.write'),
  summary: 'Make a one-time link for an officer to set a password; it replaces an earlier one and holds for 72 hours',
  request: {
    params: z.object({ id: idSchema }),
    body: { required: true, content: { 'application/json': { schema: inviteSchema } } },
  },
  responses: { 201: json(invitationSchema, 'the link, shown once'), ...refusals(400, 404, 409) },
})

const lookRoute = createRoute({
  method: 'post',
  path: '/api/invitations/look',
  summary: 'Whose link it is, for whoever has it',
  security: [],
  request: { body: { required: true, content: { 'application/json': { schema: invitationLookSchema } } } },
  responses: {
    200: json(z.object({ name: z.string(), username: z.string() }), 'the officer'),
    ...problem(400, 403, 404, 503),
  },
})

const acceptRoute = createRoute({
  method: 'post',
  path: '/api/invitations/accept',
  summary: 'Set a password by a one-time link; ends the sessions of the account',
  security: [],
  request: { body: { required: true, content: { 'application/json': { schema: invitationAcceptSchema } } } },
  responses: { 200: json(z.object({ username: z.string() }), 'sign in now'), ...problem(400, 403, 404, 429, 503) },
})

/** Where the console opens a link. What follows # is sent to no server and is in no log. */
export function linkOf(baseUrl: string, token: string): string {
  return new URL(`/undangan#${token}`, baseUrl).href
}

/** 256 bits. */
export const newToken = (): string => randomBytes(32).toString('base64url')

export function addInvitations(app: ApiApp, { apiPool, auth, baseUrl, clientAddress }: ApiParts): void {
  const turns = new Turns(ACCEPT_TURNS, tooMany)

  app.openapi(inviteRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const { username: wished } = c.req.valid('json')
    const token = newToken()
    const { username, endsMs } = await asOfficer(apiPool, officer.officerId, async (client) => {
      const invited = await readOfficer(client, id)
      if (invited === undefined) throw notFound()
      const name = usernameSchema.safeParse(wished ?? invited.nip)
      if (!name.success) throw new Refusal(400, 'invalid_input', 'username: the officer has no NIP; name one')
      return addInvitation(client, { officerId: id, username: name.data, token })
    }).catch((error: unknown) => {
      throw storeRefusal(error)
    })
    return c.json({ link: linkOf(baseUrl, token), username, endsMs }, 201)
  })

  app.openapi(lookRoute, async (c) => {
    const { token } = c.req.valid('json')
    const found = await inTransaction(apiPool, (client) => openInvitation(client, token))
    if (found === undefined) throw noInvitation()
    return c.json({ name: found.officerName, username: found.username }, 200)
  })

  app.openapi(acceptRoute, async (c) => {
    const { token, password } = c.req.valid('json')
    const username = await turns.run(networkOf(clientAddress(c)), () =>
      inTransaction(apiPool, async (client) => {
        const found = await openInvitation(client, token)
        if (found === undefined) throw noInvitation()
        const account = await setPassword(
          auth,
          { username: found.username, name: found.officerName, password },
          found.account,
        )
        if (!(await useInvitation(client, token, account))) throw noInvitation()
        return found.username
      }),
    )
    return c.json({ username }, 200)
  })
}
