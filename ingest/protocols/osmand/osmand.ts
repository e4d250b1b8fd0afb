// OsmAnd and Traccar Client over HTTP: a query, a form, or JSON in any of the shapes of osmand-lists.ts, all on the same URL.
// Any 2xx with an empty body means "delivered"; anything else makes the phone keep the record and send it again.

import { bearerOf } from '../../credentials.ts'
import type { DecodeContext, HttpDecoded, HttpProtocol, HttpProtocolRequest } from '../decoder.ts'
import { isDeviceId } from '../own-json/json-report.ts'
import { fieldsReport, type OsmandFields } from './osmand-fields.ts'
import { nestedReport } from './osmand-json.ts'
import { type OsmandRecord, unfold } from './osmand-lists.ts'
import { redactOsmand } from './osmand-redact.ts'

const RECORDS_MAX = 1000
/** What is longer is cut before anything reads it; of a repeated key the rest is passed over. */
const VALUE_CHARS_MAX = 512
const VALUES_PER_KEY_MAX = 64
const utf8 = new TextDecoder()

type Read = { records: OsmandRecord[]; wrong?: string; isOverland?: boolean } | { unreadable: string }

/** What Overland takes for "delivered". */
const OVERLAND_REPLY = { status: 200, contentType: 'application/json', body: '{"result":"ok"}' }

function decode(request: HttpProtocolRequest, context: DecodeContext): HttpDecoded {
  const reply = { status: 200, body: '' }
  if (request.method !== 'GET' && request.method !== 'POST')
    return { reports: [], reply, error: { reason: 'malformed', detail: 'neither GET nor POST' } }
  const query = queryOf(request.url)
  const read = readRecords(request, query)
  const credential = credentialOf(request, query, read)
  const decoded: HttpDecoded = { reports: [], reply, ...(credential === undefined ? {} : { credential }) }
  if ('unreadable' in read) {
    const id = query.get('id')?.[0] ?? query.get('deviceid')?.[0]
    if (isDeviceId(id)) decoded.deviceId = id
    decoded.error = { reason: 'malformed', detail: read.unreadable }
    return decoded
  }
  if (read.wrong !== undefined) decoded.error = { reason: 'malformed', detail: read.wrong }
  if (read.isOverland) decoded.reply = OVERLAND_REPLY
  const inQuery = query.get('id')?.[0] ?? query.get('deviceid')?.[0]
  for (const record of read.records) {
    const inRecord =
      record instanceof Map ? (record.get('id') ?? record.get('deviceid'))?.[0] : idText(record.device_id)
    const deviceId = inRecord ?? inQuery
    if (!isDeviceId(deviceId)) {
      decoded.error ??= { reason: 'malformed', detail: 'no device id' }
      continue
    }
    decoded.deviceId ??= deviceId
    if (!context.authorize({ deviceId, ...(credential === undefined ? {} : { credential }) })) continue
    decoded.reports.push(
      record instanceof Map ? fieldsReport(record, deviceId, context) : nestedReport(record, deviceId, context),
    )
  }
  return decoded
}

function readRecords(request: HttpProtocolRequest, query: OsmandFields): Read {
  const first = request.body.find((byte) => byte > 0x20)
  const isJson = first === 0x7b || first === 0x5b
  const isNamed = query.has('id') || query.has('deviceid')
  if (isJson && !(isNamed && SAID.some((key) => query.has(key)))) {
    const read = readJson(request.body)
    return 'unreadable' in read && isNamed ? { records: [query], wrong: read.unreadable } : read
  }
  if (request.body.length === 0 || isNamed) {
    // The query wins over a form body; keys that only the body has still count.
    return { records: [request.body.length > 0 && isForm(request) ? merged(query, formOf(request)) : query] }
  }
  return isForm(request) ? { records: [merged(query, formOf(request))] } : readJson(request.body)
}

/** A query with one of these is a report by itself. */
const SAID = ['lat', 'lon', 'location', 'alarm', 'timestamp', 'cell', 'wifi', 'batt']

function readJson(body: Uint8Array): Read {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(body))
  } catch (error) {
    if (error instanceof SyntaxError) return { unreadable: 'no JSON' }
    throw error
  }
  const { records, isOverland, wrong } = unfold(value, fieldsOf, RECORDS_MAX)
  if (records.length > RECORDS_MAX) return { unreadable: `more than ${RECORDS_MAX} records` }
  if (records.length === 0) return { unreadable: 'a record is no object' }
  return { records, isOverland, ...(wrong === 0 ? {} : { wrong: 'a record is no object' }) }
}

function fieldsOf(members: Record<string, unknown>): OsmandFields {
  const record: OsmandFields = new Map()
  for (const [key, value] of Object.entries(members)) {
    const values = (Array.isArray(value) ? value.slice(0, VALUES_PER_KEY_MAX) : [value])
      .filter((v) => v !== null && typeof v !== 'object')
      .map((v) => String(v).slice(0, VALUE_CHARS_MAX))
    if (values.length > 0) record.set(key, values)
  }
  return record
}

function isForm(request: HttpProtocolRequest): boolean {
  return request.contentType === undefined || /^application\/x-www-form-urlencoded/i.test(request.contentType)
}

function queryOf(url: string): OsmandFields {
  const mark = url.indexOf('?')
  return mark < 0 ? new Map() : pairsOf(url.slice(mark + 1))
}

function formOf(request: HttpProtocolRequest): OsmandFields {
  return pairsOf(utf8.decode(request.body))
}

function pairsOf(text: string): OsmandFields {
  const record: OsmandFields = new Map()
  for (const [key, value] of new URLSearchParams(text)) {
    const values = record.get(key)
    const cut = value.slice(0, VALUE_CHARS_MAX)
    if (values === undefined) record.set(key, [cut])
    else if (values.length < VALUES_PER_KEY_MAX) values.push(cut)
  }
  return record
}

function merged(query: OsmandFields, form: OsmandFields): OsmandFields {
  for (const [key, values] of query) form.set(key, values)
  return form
}

// In this order: the header, the key, the first part of the path.
function credentialOf(request: HttpProtocolRequest, query: OsmandFields, read: Read): string | undefined {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer !== undefined) return bearer
  const first = 'records' in read ? read.records[0] : undefined
  const inRecord = first instanceof Map ? first.get('token')?.[0] : first?.token
  const key = query.get('token')?.[0] ?? (typeof inRecord === 'string' ? inRecord : undefined)
  if (key !== undefined && key !== '') return key
  const segment = request.url.split('?', 1)[0]?.split('/')[1]
  return segment === undefined || segment === '' ? undefined : segment
}

function idText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}

export const osmand: HttpProtocol = {
  name: 'osmand',
  transport: 'http',
  port: 5055,
  decode,
  redact: redactOsmand,
}
