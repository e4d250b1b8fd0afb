import { randomBytes, randomUUID } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import type { RecipientView } from '../../model/console/recipients.ts'
import { idSchema, unitPathSchema } from '../../model/console/wire.ts'
import {
  newRecipientSchema,
  noticeTestSchema,
  recipientChangeSchema,
  recipientSchema,
  writtenRecipientSchema,
} from '../../model/console/wire-recipients.ts'
import { boundTo, type Way } from '../../model/notice/recipient.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import {
  addRecipient,
  changeRecipient,
  listRecipients,
  type RecipientRecord,
  readRecipient,
} from '../../store/people/recipient-records.ts'
import type { Conceal } from '../../stream/redis/conceal.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { changed } from './changed.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, matchHeader, writeOnce } from './write-once.ts'

/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32
/** The new one, and the old one while the receiver changes over. */
const SECRETS_KEPT = 2

const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const listRoute = createRoute({
  method: 'get',
  path: '/v1/recipients',
  ...right('recipient.write'),
  summary: 'Whom the alerts of one’s units reach, and by which ways',
  request: { query: z.object({ unit: unitPathSchema.optional() }) },
  responses: {
    200: json(z.object({ recipients: z.array(recipientSchema) }), 'by unit and level'),
    ...refusals(400, 503),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/recipients/{id}',
  ...right('recipient.write'),
  summary: 'A recipient, with its ETag',
  request: { params },
  responses: { 200: json(recipientSchema, 'the recipient'), ...refusals(400, 404, 503) },
})

const addRoute = createRoute({
  method: 'post',
  path: '/v1/recipients',
  ...right('recipient.write'),
  summary: 'Add a recipient; the secret of a webhook is made here and shown once',
  request: { headers: keyHeader, body: body(newRecipientSchema) },
  responses: { 201: json(writtenRecipientSchema, 'the recipient'), ...refusals(400, 422, 503) },
})

const changeRoute = createRoute({
  method: 'patch',
  path: '/v1/recipients/{id}',
  ...right('recipient.write'),
  summary: 'Change a recipient, or let it rest (active: false); a webhook whose address stays keeps its secret',
  request: { params, headers: matchHeader, body: body(recipientChangeSchema) },
  responses: { 200: json(writtenRecipientSchema, 'the recipient as it is now'), ...refusals(400, 404, 412, 428, 503) },
})

const secretRoute = createRoute({
  method: 'post',
  path: '/v1/recipients/{id}/webhook-secret',
  ...right('recipient.write'),
  summary:
    'Give the webhooks of a recipient another secret, shown once; calls are signed with the old one too until the next change',
  request: { params, headers: matchHeader },
  responses: { 200: json(writtenRecipientSchema, 'with the new secrets'), ...refusals(400, 404, 409, 412, 428, 503) },
})

const testRoute = createRoute({
  method: 'post',
  path: '/v1/recipients/{id}/test',
  ...right('recipient.write'),
  summary: 'Send a test message by every way of the recipient',
  request: { params },
  responses: { 202: json(noticeTestSchema, 'ask for its outcome'), ...refusals(400, 404, 409, 429, 503) },
})

const outcomeRoute = createRoute({
  method: 'get',
  path: '/v1/recipients/{id}/tests/{testId}',
  ...right('recipient.write'),
  summary: 'What came of a test message, by way',
  request: { params: z.object({ id: idSchema, testId: idSchema }) },
  responses: { 200: json(noticeTestSchema, 'empty until notify has taken it'), ...refusals(400, 404, 503) },
})

export function addRecipients(app: ApiApp, parts: ApiParts): void {
  const { apiPool, clock } = parts
  const concealed = (): Conceal => {
    if (parts.conceal === undefined)
      throw new Refusal(503, 'not_set_up', 'GELANG_NOTICE_KEY is not set: recipients cannot be entered on this server')
    return parts.conceal
  }
  const find = async (officerId: string, id: string): Promise<RecipientRecord> => {
    const record = await asOfficer(apiPool, officerId, (client) => readRecipient(client, id))
    if (record === undefined) throw notFound()
    return record
  }

  app.openapi(listRoute, async (c) => {
    const conceal = concealed()
    const { unit } = c.req.valid('query')
    const records = await asOfficer(apiPool, c.get('signedIn').officer.officerId, (client) =>
      listRecipients(client, unit),
    )
    return c.json({ recipients: records.map((record) => viewOf(record, waysOf(record, conceal))) }, 200)
  })

  app.openapi(readRoute, async (c) => {
    const conceal = concealed()
    const record = await find(c.get('signedIn').officer.officerId, c.req.valid('param').id)
    const view = viewOf(record, waysOf(record, conceal))
    c.header('etag', entityTag(view))
    return c.json(view, 200)
  })

  app.openapi(addRoute, async (c) => {
    const conceal = concealed()
    const { ways: given, ...fields } = c.req.valid('json')
    const { ways, secrets } = withSecrets(given, [])
    const facts = { ...fields, id: randomUUID() }
    const record = { ...facts, active: true, sealedWays: conceal.conceal(boundTo(facts), JSON.stringify(ways)) }
    const view = viewOf(record, ways)
    // The answer that is kept for a second request holds no secret.
    const recipient = await writeOnce(c, apiPool, async (client) => {
      await addRecipient(client, record)
      return view
    })
    return c.json({ recipient, ...(recipient.id === view.id && secrets.length > 0 ? { secrets } : {}) }, 201)
  })

  app.openapi(changeRoute, async (c) => {
    const conceal = concealed()
    const { ways: given, ...change } = c.req.valid('json')
    const { id } = c.req.valid('param')
    let made: Secrets = []
    const recipient = await writeOnce(c, apiPool, async (client) => {
      const known = await readRecipient(client, id, true)
      if (known === undefined) throw notFound()
      const before = waysOf(known, conceal)
      requireMatch(c.req.header('if-match'), viewOf(known, before))
      const { ways, secrets } = given === undefined ? { ways: before, secrets: [] } : withSecrets(given, before)
      made = secrets
      return store(client, changed(known, change), ways, conceal)
    })
    return c.json({ recipient, ...(made.length > 0 ? { secrets: made } : {}) }, 200)
  })

  app.openapi(secretRoute, async (c) => {
    const conceal = concealed()
    const { id } = c.req.valid('param')
    let made: Secrets = []
    const recipient = await writeOnce(c, apiPool, async (client) => {
      const known = await readRecipient(client, id, true)
      if (known === undefined) throw notFound()
      const before = waysOf(known, conceal)
      requireMatch(c.req.header('if-match'), viewOf(known, before))
      const { ways, secrets } = withNewSecrets(before)
      if (secrets.length === 0) throw new Refusal(409, 'no_webhook', 'the recipient has no webhook')
      made = secrets
      return store(client, known, ways, conceal)
    })
    return c.json({ recipient, secrets: made }, 200)
  })

  app.openapi(testRoute, async (c) => {
    const record = await find(c.get('signedIn').officer.officerId, c.req.valid('param').id)
    if (!record.active) throw new Refusal(409, 'not_active', 'the recipient rests')
    const testId = randomUUID()
    if (!(await parts.askForTest({ id: testId, recipientId: record.id, atMs: clock() })))
      throw new Refusal(429, 'too_many_tests', 'too many test messages wait')
    return c.json({ testId, notices: [] }, 202)
  })

  app.openapi(outcomeRoute, async (c) => {
    const { id, testId } = c.req.valid('param')
    await find(c.get('signedIn').officer.officerId, id)
    const notices = (await parts.noticesOf(testId)).filter(({ recipientId }) => recipientId === id)
    return c.json({ testId, notices }, 200)
  })
}

type Secrets = { address: string; secret: string }[]
type GivenWay = z.infer<typeof newRecipientSchema>['ways'][number]

/** Throws a Refusal where the key is another one than the ways were encrypted with. */
function waysOf(record: RecipientRecord, conceal: Conceal): Way[] {
  const text = conceal.reveal(boundTo(record), record.sealedWays)
  if (text === undefined)
    throw new Refusal(503, 'not_set_up', 'the addresses were encrypted with another GELANG_NOTICE_KEY')
  return JSON.parse(text) as Way[]
}

async function store(
  client: Parameters<typeof changeRecipient>[0],
  record: RecipientRecord,
  ways: Way[],
  conceal: Conceal,
): Promise<RecipientView> {
  await changeRecipient(client, { ...record, sealedWays: conceal.conceal(boundTo(record), JSON.stringify(ways)) })
  return viewOf(record, ways)
}

function viewOf({ id, name, unitPath, level, language, active }: RecipientRecord, ways: readonly Way[]): RecipientView {
  const shown = ways.map((way) => ({
    ...{ channel: way.channel, address: way.address },
    ...(way.channel === 'webhook' ? { signed: way.secrets !== undefined } : {}),
  }))
  return { id, name, unitPath, level, language, active, ways: shown }
}

/** New webhooks get a secret; one whose address was known keeps its own. */
function withSecrets(given: readonly GivenWay[], before: readonly Way[]): { ways: Way[]; secrets: Secrets } {
  const made: Secrets = []
  const ways = given.map((way): Way => {
    if (way.channel !== 'webhook') return way
    const known = before.find((one) => one.channel === 'webhook' && one.address === way.address)
    if (known?.channel === 'webhook') return known
    const secret = newSecret()
    made.push({ address: way.address, secret })
    return { ...way, secrets: [secret] }
  })
  return { ways, secrets: made }
}

function withNewSecrets(before: readonly Way[]): { ways: Way[]; secrets: Secrets } {
  const made: Secrets = []
  const ways = before.map((way): Way => {
    if (way.channel !== 'webhook') return way
    const secret = newSecret()
    made.push({ address: way.address, secret })
    return { ...way, secrets: [secret, ...(way.secrets ?? [])].slice(0, SECRETS_KEPT) }
  })
  return { ways, secrets: made }
}

const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
