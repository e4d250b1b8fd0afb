// Alarms that no table knows: an Admin TI says what they mean, and the next report is read so.
import { createRoute, z } from '@hono/zod-openapi'
import { alarmMappingSchema, alarmWordsSchema, newAlarmMappingSchema } from '../../model/console/wire-alarm-words.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listAlarmWords, mapAlarmWord } from '../../store/rules/alarm-words.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, writeOnce } from './write-once.ts'

const WORDS_MAX = 500

const listRoute = createRoute({
  method: 'get',
  path: '/v1/alarm-words',
  ...right('alarm_word.map'),
  summary: 'Alarms of one’s bracelets that no table knows, counted per model, and what they were mapped to',
  request: { query: z.object({ limit: z.coerce.number().int().min(1).max(WORDS_MAX).default(WORDS_MAX) }) },
  responses: { 200: json(alarmWordsSchema, 'newest first'), ...refusals(400) },
})

const mapRoute = createRoute({
  method: 'post',
  path: '/v1/alarm-words',
  ...right('alarm_word.map'),
  summary: 'Say what an alarm of a model means; again: say it anew. It holds for the next report',
  request: {
    headers: keyHeader,
    body: { required: true, content: { 'application/json': { schema: newAlarmMappingSchema } } },
  },
  responses: { 200: json(alarmMappingSchema, 'mapped'), ...refusals(400, 422) },
})

export function addAlarmWords(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { limit } = c.req.valid('query')
    const { officerId } = c.get('signedIn').officer
    return c.json(await asOfficer(apiPool, officerId, (client) => listAlarmWords(client, limit)), 200)
  })

  app.openapi(mapRoute, async (c) => {
    const { unitPath = c.get('signedIn').officer.unitPath, ...mapping } = c.req.valid('json')
    return c.json(await writeOnce(c, apiPool, (client) => mapAlarmWord(client, { ...mapping, unitPath })), 200)
  })
}
