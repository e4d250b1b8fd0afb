// How the access matrix calls each operation of the OpenAPI document. An operation without a row fails the matrix.
import { DAY_MS, FROM_MS, type SeededWearer } from '../store/two-bapas.ts'

/** Whose data a call is about. */
export type Relation = 'own' | 'other PK' | 'other unit' | 'ended'
export type Target = Pick<SeededWearer, 'id' | 'incidentId' | 'zoneId'> & {
  /** A reason in the audit that nobody has judged. */
  reasonId: string
}

export type AccessRow = {
  /** What is named in the call; `nobody`: only the role counts. */
  about: 'nobody' | 'wearer' | 'incident'
  /** What `{id}` stands for. */
  id?(target: Target): string
  /** What the second such part of the path stands for. */
  second?: string
  query?(target: Target): string
  body?(target: Target): unknown
  /** The call carries a reason, which opens another PK's klien. */
  withReason?: true
  /** Statuses of a call that is allowed. */
  allowed?: number[]
}

const span = `?from=${new Date(FROM_MS).toISOString()}&to=${new Date(FROM_MS + DAY_MS).toISOString()}`
const REASON = { reasonKind: 'pemeriksaan', reason: 'pemeriksaan bersama tim pengawas' }
const wearer = { about: 'wearer', id: ({ id }: Target) => id } as const
const incident = { about: 'incident', id: ({ incidentId }: Target) => incidentId } as const
const nobody = { about: 'nobody' } as const
const UNIT = { name: 'Pos', kind: 'pos', timeZone: 'Asia/Makassar' }
const OFFICER = { name: 'Petugas', role: 'pk' }
const NO_SUCH = '99999999-9999-4999-8999-999999999999'

/** By method and path. */
export const ACCESS_ROWS: Record<string, AccessRow> = {
  'get /v1/me': nobody,
  'get /v1/units': nobody,
  'get /v1/zones': nobody,
  'get /v1/map-settings': nobody,
  'get /v1/sessions': nobody,
  'delete /v1/sessions': nobody,
  // A session of nobody's: one's own would sign the matrix out.
  'delete /v1/sessions/{id}': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  // Without an upgrade the feed only says what it is.
  'get /v1/live': { ...nobody, allowed: [426] },
  'get /v1/figures': nobody,
  'get /v1/reading-alarms': nobody,
  'get /v1/reasons': nobody,
  'post /v1/reasons/{id}/review': {
    ...nobody,
    id: ({ reasonId }) => reasonId,
    body: () => ({ verdict: 'layak' }),
  },
  'post /v1/persons/find': { ...nobody, body: () => ({ ...REASON, q: 'Klien' }) },

  // What they reach by unit is in units-and-officers.test.ts; here, whether the role may at all.
  'get /v1/units/{path}': { ...nobody, id: () => 'dj.nowhere', allowed: [404] },
  'post /v1/units': { ...nobody, body: () => ({ ...UNIT, parent: 'dj.nowhere' }), allowed: [403] },
  'patch /v1/units/{path}': { ...nobody, id: () => 'dj.nowhere', body: () => ({ name: 'X' }), allowed: [404] },
  'get /v1/officers': nobody,
  // What they reach by unit is in recipients.test.ts.
  'get /v1/recipients': nobody,
  'get /v1/recipients/{id}': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  'post /v1/recipients': {
    ...nobody,
    body: () => ({
      ...{ name: 'Kasubsi', unitPath: 'dj.nowhere', level: 'kasubsi' },
      ways: [{ channel: 'sms', address: '+6281234567890' }],
    }),
    allowed: [403],
  },
  'patch /v1/recipients/{id}': { ...nobody, id: () => NO_SUCH, body: () => ({ name: 'X' }), allowed: [404] },
  'post /v1/recipients/{id}/webhook-secret': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  'post /v1/recipients/{id}/test': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  'get /v1/recipients/{id}/tests/{testId}': { ...nobody, id: () => NO_SUCH, second: NO_SUCH, allowed: [404] },
  'post /v1/officers': { ...nobody, body: () => ({ ...OFFICER, unitPath: 'dj.nowhere' }), allowed: [403] },
  'get /v1/officers/{id}': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  'patch /v1/officers/{id}': { ...nobody, id: () => NO_SUCH, body: () => ({ name: 'X' }), allowed: [404] },
  'post /v1/officers/{id}/deactivate': {
    ...nobody,
    id: () => NO_SUCH,
    body: () => ({ reason: REASON.reason }),
    allowed: [404],
  },
  'post /v1/officers/{id}/reactivate': {
    ...nobody,
    id: () => NO_SUCH,
    body: () => ({ reason: REASON.reason }),
    allowed: [404],
  },
  'post /v1/officers/{id}/invitation': { ...nobody, id: () => NO_SUCH, body: () => ({}), allowed: [404] },

  'get /v1/wearers': nobody,
  'get /v1/wearers/{id}': wearer,
  'get /v1/wearers/{id}/track': { ...wearer, query: () => span },
  'get /v1/wearers/{id}/ledger': { ...wearer, query: () => span },
  'post /v1/wearers/{id}/nik': { ...wearer, body: () => REASON },
  'post /v1/wearers/{id}/access': { ...wearer, body: () => REASON },
  'post /v1/backtests': {
    about: 'wearer',
    withReason: true,
    body: ({ id }) => ({
      ...{ wearerId: id, days: 1, condition: { kind: 'required' }, ...REASON },
      zone: { shape: { type: 'Circle', center: [107.6, -6.9], radiusM: 200 } },
    }),
  },

  // What is written without a body that means something is refused for its body, or for the missing If-Match: after the right and the
  // sight, before anything changes. That it is written, and by whom not, is in klien-and-rules.test.ts and tests/attacks.
  'get /v1/guides': nobody,
  'post /v1/wearers': { ...nobody, body: () => ({}), allowed: [400] },
  'get /v1/wearers/{id}/file': wearer,
  'get /v1/wearers/{id}/versions': wearer,
  // Of a klien who is not theirs to ask about it gives none.
  'get /v1/wearers/{id}/access-history': { ...nobody, id: ({ id }) => id },
  'patch /v1/wearers/{id}': { ...wearer, body: () => ({ reason: REASON.reason }), allowed: [428] },
  'post /v1/wearers/{id}/end': { ...wearer, body: () => ({ kind: 'selesai', reason: REASON.reason }), allowed: [428] },
  'post /v1/wearers/{id}/bracelet': { ...wearer, body: () => ({ braceletId: 2_000_000_000 }), allowed: [409] },
  'post /v1/wearers/{id}/bracelet/take-off': {
    ...wearer,
    body: () => ({ reason: REASON.reason }),
    allowed: [200, 409],
  },
  'get /v1/alarm-words': nobody,
  'post /v1/alarm-words': { ...nobody, body: () => ({}), allowed: [400] },
  'get /v1/wearers/{id}/fittings': wearer,
  // What the matrix itself takes off leaves a record.
  'get /v1/wearers/{id}/fittings/{fitting}/document': { ...wearer, second: '1', allowed: [200, 404] },
  'get /v1/bracelets/{id}/custody': { ...nobody, id: () => '2000000000', allowed: [404] },
  'post /v1/bracelets/{id}/test': { ...nobody, id: () => '2000000000', allowed: [404] },
  'get /v1/bracelets/{id}/test': { ...nobody, id: () => '2000000000', allowed: [404] },
  'get /v1/gateways': nobody,
  'post /v1/gateways': { ...nobody, body: () => ({}), allowed: [400] },
  'post /v1/gateways/{id}/secret': { ...nobody, id: () => 'nowhere', allowed: [404] },
  'post /v1/gateways/{id}/revoke': {
    ...nobody,
    id: () => 'nowhere',
    body: () => ({ reason: REASON.reason }),
    allowed: [404],
  },
  'get /v1/quarantine': nobody,
  'get /v1/quarantine/{received}/{source}': { ...nobody, id: () => '1', second: '1-1', allowed: [404] },
  'get /v1/bracelets': nobody,
  'post /v1/bracelets': { ...nobody, body: () => ({}), allowed: [400] },
  'get /v1/bracelets/{id}': { ...nobody, id: () => '2000000000', allowed: [404] },
  'post /v1/bracelets/{id}/custody': {
    ...nobody,
    id: () => '2000000000',
    body: () => ({ custody: 'servis', reason: REASON.reason }),
    allowed: [404],
  },
  'post /v1/bracelets/{id}/clock': {
    ...nobody,
    id: () => '2000000000',
    body: () => ({ correctionMs: null, reason: 'jam alat diperiksa' }),
    allowed: [404],
  },
  'post /v1/bracelets/{id}/secret': { ...nobody, id: () => '2000000000', allowed: [404] },
  'post /v1/bracelets/{id}/revoke': {
    ...nobody,
    id: () => '2000000000',
    body: () => ({ reason: REASON.reason }),
    allowed: [404],
  },
  'post /v1/zones': { ...nobody, body: () => ({}), allowed: [400] },
  'post /v1/wearers/{id}/proposals': {
    ...wearer,
    body: ({ zoneId }) => ({
      kind: 'condition_avoided',
      condition: { kind: 'required', zoneId, timeZone: 'Asia/Jakarta', legalBasis: 'SK 1' },
    }),
    allowed: [400],
  },
  'get /v1/proposals': nobody,
  'get /v1/proposals/{id}': { ...nobody, id: () => NO_SUCH, allowed: [404] },
  'post /v1/proposals/{id}/decision': {
    ...nobody,
    id: () => NO_SUCH,
    body: () => ({ decision: 'approve' }),
    allowed: [404],
  },
  'post /v1/proposals/{id}/withdraw': { ...nobody, id: () => NO_SUCH, allowed: [404] },

  'get /v1/incidents': nobody,
  'get /v1/incidents/{id}': incident,
  'get /v1/incidents/{id}/timeline': incident,
  // The seeded incident follows from no track.
  'get /v1/incidents/{id}/explanation': { ...incident, allowed: [200, 409] },
  'post /v1/incidents/{id}/acts': { ...incident, body: () => ({ action: 'note', note: 'sudah ditelepon' }) },
  'post /v1/incidents/{id}/access': { ...incident, body: () => REASON },
}
