import { createRoute, z } from '@hono/zod-openapi'
import { errorSchema } from '../../model/console/wire.ts'
import { Refusal } from '../answer/refusal.ts'
import { LIVE_PATH } from '../live/accept.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp } from './parts.ts'

const liveRoute = createRoute({
  method: 'get',
  path: LIVE_PATH,
  ...right('live.feed'),
  summary: 'The live feed, a WebSocket: who is in sight, newest positions, every incident and act in order',
  request: {
    query: z.object({
      cursor: z
        .string()
        .optional()
        .openapi({ description: '`cursor` of the last message, to be sent what was missed' }),
    }),
  },
  responses: {
    101: { description: 'upgraded; messages as in model/console/console.ts, LiveMessage' },
    426: json(errorSchema, 'upgrade_required'),
    ...refusals(429),
  },
})

/** Upgrades never get here (see accept.ts): only somebody who came without one. */
export function addLive(app: ApiApp): void {
  app.openapi(liveRoute, () => {
    throw new Refusal(426, 'upgrade_required', 'the live feed is a WebSocket')
  })
}
