import type {
  ActRequest,
  ApiError,
  IncidentView,
  MapSettings,
  Me,
  TrackFix,
  UnitFigures,
  UnitView,
  WearerDetail,
  WearerSummary,
  ZoneView,
} from '../../model/console/console.ts'
import type { BacktestAnswer, Explanation, LedgerRow, TrialRequest } from '../../model/console/judgement.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import type { MessageKey } from '../i18n/id.ts'
import { isMessageKey, t } from '../i18n/language.ts'

/** The API refused or could not be reached. `status` 0: no answer at all. */
export class ApiFailure extends Error {
  status: number
  code: string
  /** What the server adds to the code. */
  details: Record<string, unknown>

  constructor(status: number, code: string, message: string, cause?: unknown, details = {}) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.details = details
  }
}

/** The text of a failure for the officer. Anything but an ApiFailure is a bug and is rethrown. */
export function failureWords(failure: unknown): string {
  if (!(failure instanceof ApiFailure)) throw failure
  const key = `error.${failure.code}`
  if (isMessageKey(key)) return t(key)
  const byStatus: Record<number, MessageKey> = {
    0: 'error.network',
    401: 'error.not_signed_in',
    403: 'error.forbidden',
    404: 'error.not_found',
    429: 'error.too_many_attempts',
    502: 'error.unavailable',
    503: 'error.unavailable',
    504: 'error.unavailable',
  }
  const known = byStatus[failure.status]
  return known ? t(known) : t('error.other', { code: failure.code })
}

const PAGE_SIZE = 500
const PAGES_MAX = 40

/** `same`: begins, is confirmed and ends as it was published. */
export type ExplanationAnswer = Explanation & { same: boolean }

export type Tagged<T> = { value: T; etag: string }
type WriteProof = { etag?: string; key?: string }

export type Api = ReturnType<typeof connectApi>

/** The REST side of the API. Every call throws ApiFailure. */
export function connectApi(fetch: typeof globalThis.fetch) {
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    let response: Response
    try {
      response = await fetch(path, {
        method,
        credentials: 'same-origin',
        headers: {
          ...(body === undefined ? { accept: 'application/json' } : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ApiFailure(0, 'network', 'no answer', cause)
    }
    if (!response.ok) throw await failureOf(response)
    return response
  }
  const bodyOf = async <T>(response: Response): Promise<T> =>
    (response.status === 204 ? undefined : await response.json()) as T
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    bodyOf(await ask(method, path, body))

  const tagged = async <T>(response: Response): Promise<Tagged<T>> => ({
    value: await bodyOf<T>(response),
    etag: response.headers.get('etag') ?? '',
  })

  const pages = async <T>(path: string, cursorName: string, take: (page: never) => T[]): Promise<T[]> => {
    const items: T[] = []
    let next: unknown
    for (let page = 0; page < PAGES_MAX; page++) {
      const cursor = next === undefined ? '' : `&${cursorName}=${encodeURIComponent(String(next))}`
      const answer = await call<{ next?: unknown }>('GET', `${path}${cursor}`)
      items.push(...take(answer as never))
      next = answer.next
      if (next === undefined || next === null) break
    }
    return items
  }

  return {
    signIn: (username: string, password: string) =>
      call<unknown>('POST', '/api/auth/sign-in/username', { username, password }),
    signOut: () => call<unknown>('POST', '/api/auth/sign-out', {}),
    lookAtInvitation: (token: string) =>
      call<{ name: string; username: string }>('POST', '/api/invitations/look', { token }),
    acceptInvitation: (token: string, password: string) =>
      call<unknown>('POST', '/api/invitations/accept', { token, password }),
    /** A record with its ETag, which goes along with a change of it. */
    read: async <T>(path: string): Promise<Tagged<T>> => tagged(await ask('GET', path)),
    /** Changes a record. `etag`: of what is changed; `key`: the same key again makes nothing twice. */
    write: async <T>(
      method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
      path: string,
      body: unknown,
      proof: WriteProof = {},
    ) =>
      tagged<T>(
        await ask(method, path, body, {
          ...(proof.etag !== undefined && { 'if-match': proof.etag }),
          ...(proof.key !== undefined && { 'idempotency-key': proof.key }),
        }),
      ),
    /** The bytes of a document. */
    file: async (path: string, body?: unknown): Promise<Blob> =>
      (await ask(body === undefined ? 'GET' : 'POST', path, body)).blob(),
    me: () => call<Me>('GET', '/v1/me'),
    units: async () => (await call<{ units: UnitView[] }>('GET', '/v1/units')).units,
    figures: async () => (await call<{ units: UnitFigures[] }>('GET', '/v1/figures')).units,
    zones: async () => (await call<{ zones: ZoneView[] }>('GET', '/v1/zones')).zones,
    mapSettings: () => call<MapSettings>('GET', '/v1/map-settings'),
    wearers: () =>
      pages(`/v1/wearers?limit=${PAGE_SIZE}`, 'after', (page: { wearers: WearerSummary[] }) => page.wearers),
    findWearers: async (query: string) =>
      (await call<{ wearers: WearerSummary[] }>('GET', `/v1/wearers?limit=50&q=${encodeURIComponent(query)}`)).wearers,
    openIncidents: () =>
      pages(
        `/v1/incidents?state=open&limit=${PAGE_SIZE}`,
        'before',
        (page: { incidents: IncidentView[] }) => page.incidents,
      ),
    incident: async (id: string) =>
      (await call<{ incident: IncidentView }>('GET', `/v1/incidents/${encodeURIComponent(id)}`)).incident,
    closedIncidents: async (wearerId?: string) => {
      const ofWearer = wearerId === undefined ? '' : `&wearer=${encodeURIComponent(wearerId)}`
      const path = `/v1/incidents?state=closed&limit=100${ofWearer}`
      return (await call<{ incidents: IncidentView[] }>('GET', path)).incidents
    },
    act: async (incidentId: string, request: ActRequest) =>
      (await call<{ act: IncidentAct }>('POST', `/v1/incidents/${encodeURIComponent(incidentId)}/acts`, request)).act,
    wearer: (id: string) => call<WearerDetail>('GET', `/v1/wearers/${encodeURIComponent(id)}`),
    grantAccess: (id: string, reason: string) =>
      call<void>('POST', `/v1/wearers/${encodeURIComponent(id)}/access`, { reason }),
    track: async (id: string, fromMs: number, toMs: number) =>
      (await call<{ fixes: TrackFix[] }>('GET', `/v1/wearers/${encodeURIComponent(id)}/track?${span(fromMs, toMs)}`))
        .fixes,
    explanation: (incidentId: string) =>
      call<ExplanationAnswer>('GET', `/v1/incidents/${encodeURIComponent(incidentId)}/explanation`),
    ledger: async (id: string, fromMs: number, toMs: number) =>
      (await call<{ rows: LedgerRow[] }>('GET', `/v1/wearers/${encodeURIComponent(id)}/ledger?${span(fromMs, toMs)}`))
        .rows,
    backtest: (request: TrialRequest) => call<BacktestAnswer>('POST', '/v1/backtests', request),
  }
}

function span(fromMs: number, toMs: number): string {
  return `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`
}

/** Our own errors are `{ error: { code } }`; the auth library's are `{ code }`; a proxy's may be no JSON at all. */
async function failureOf(response: Response): Promise<ApiFailure> {
  const text = await response.text()
  let code = `http_${response.status}`
  let message = response.statusText
  let details = {}
  if (response.headers.get('content-type')?.includes('json')) {
    const body = JSON.parse(text) as Partial<ApiError> & { code?: string; message?: string }
    code = body.error?.code ?? body.code ?? code
    message = body.error?.message ?? body.message ?? message
    details = body.error?.details ?? {}
  }
  return new ApiFailure(response.status, code, message, undefined, details)
}
