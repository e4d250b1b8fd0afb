// Which klien wears which bracelet, from now on.
import { createRoute, z } from '@hono/zod-openapi'
import { idSchema } from '../../model/console/wire.ts'
import { fittingRecordSchema, fittingSchema, takingOffSchema, wornSchema } from '../../model/console/wire-people.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { listUnits } from '../../store/people/list-units.ts'
import { readWearerFile } from '../../store/people/wearer-files.ts'
import { readBracelet } from '../../store/rules/bracelet-records.ts'
import { fitBracelet, listFittings, noteFitting, type Signed, takeOffBracelets } from '../../store/rules/fittings.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { fittingDocument } from '../documents/fitting-document.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenWearer } from './hidden-wearer.ts'
import { keptFile } from './klien.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, writeOnce } from './write-once.ts'

/** Why the bracelet before it came off. */
const SWAPPED = 'diganti dengan alat lain'

const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const fitRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/bracelet',
  ...right('bracelet.fit'),
  summary: 'Put a bracelet that is in store on a klien, now; or swap it for the one that is worn, without a gap',
  request: { params, headers: keyHeader, body: body(fittingSchema) },
  responses: { 201: json(wornSchema, 'worn from now on'), ...refusals(400, 404, 409, 422) },
})

const takeOffRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/bracelet/take-off',
  ...right('bracelet.take_off'),
  summary: 'Take the bracelet off a klien, now, with a reason',
  request: { params, headers: keyHeader, body: body(takingOffSchema) },
  responses: { 200: json(wornSchema, 'worn until now'), ...refusals(400, 404, 409, 422) },
})

const recordsRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/fittings',
  ...right('klien.read'),
  summary: 'Every fitting and taking off of a klien, with who did it and who signed',
  request: { params },
  responses: { 200: json(z.object({ fittings: z.array(fittingRecordSchema) }), 'newest first'), ...refusals(400, 404) },
})

const documentRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/fittings/{fitting}/document',
  ...right('klien.read'),
  summary:
    'The record (berita acara) of a fitting or taking off, to be printed and signed; that it was read is written down',
  request: { params: params.extend({ fitting: z.coerce.number().int().min(1) }) },
  responses: {
    200: {
      description: 'the record',
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
    ...refusals(400, 404),
  },
})

export function addFittings(app: ApiApp, { apiPool, hub, watch }: ApiParts): void {
  app.openapi(recordsRoute, async (c) => {
    const { id } = c.req.valid('param')
    const fittings = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      if ((await findWearer(client, id)) === undefined) await hiddenWearer(client, id)
      return listFittings(client, id)
    })
    return c.json({ fittings }, 200)
  })

  app.openapi(documentRoute, async (c) => {
    const { id, fitting } = c.req.valid('param')
    const { officer } = c.get('signedIn')
    const record = await asOfficer(apiPool, officer.officerId, async (client) => {
      const file = (await readWearerFile(client, id)) ?? (await hiddenWearer(client, id))
      const wearer = await findWearer(client, id)
      const found = (await listFittings(client, id)).find((one) => one.id === fitting)
      if (wearer === undefined || found === undefined) throw notFound()
      await watch.read(client, { kind: 'export', wearerId: wearer.n, detail: { fitting } })
      const units = await listUnits(client)
      const unit = units.find(({ path }) => path === file.unitPath)
      return { fitting: found, file, unitName: unit?.name ?? '', timeZone: unit?.timeZone ?? 'Asia/Jakarta' }
    })
    return c.body(new Uint8Array(await fittingDocument(record)), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="berita-acara-${record.fitting.act}-${fitting}.pdf"`,
    })
  })

  app.openapi(fitRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { braceletId, swap, ...signed } = c.req.valid('json')
    const worn = await writeOnce(c, apiPool, async (client) => {
      await keptFile(client, id)
      const bracelet = await readBracelet(client, braceletId)
      if (bracelet === undefined || bracelet.revoked || bracelet.custody !== 'gudang')
        throw new Refusal(409, 'not_in_store', 'there is no such bracelet in store')
      const before = await takeOffBracelets(client, id, swap ? SWAPPED : '')
      if (before.length > 0 && !swap) throw new Refusal(409, 'wears_one', 'a bracelet is worn already: swap it')
      if (before.length > 0) await noteFitting(client, id, 'lepas', { ...signedOf(signed), reason: SWAPPED })
      const fitted = await fitBracelet(client, id, braceletId)
      await noteFitting(client, id, 'pasang', signedOf(signed))
      return fitted
    })
    hub.rulesChanged()
    return c.json(worn, 201)
  })

  app.openapi(takeOffRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { reason, ...signed } = c.req.valid('json')
    const worn = await writeOnce(c, apiPool, async (client) => {
      await keptFile(client, id)
      const [last] = await takeOffBracelets(client, id, reason)
      if (last === undefined) throw new Refusal(409, 'wears_none', 'no bracelet is worn')
      await noteFitting(client, id, 'lepas', { ...signedOf(signed), reason })
      return last
    })
    hub.rulesChanged()
    return c.json(worn, 200)
  })
}

/** What was not said stays absent. */
function signedOf({ identity, klienSigned, officerSigned }: { [K in keyof Signed]?: Signed[K] | undefined }): Signed {
  return {
    ...(identity !== undefined && { identity }),
    ...(klienSigned !== undefined && { klienSigned }),
    ...(officerSigned !== undefined && { officerSigned }),
  }
}
