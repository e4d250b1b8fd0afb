// An officer's screen without a screen: logs in, follows the live feed, and notes how long reports took to arrive.
import WebSocket from 'ws'
import type { IncidentView, LiveMessage } from '../../model/console/console.ts'
import type { Clock } from '../../model/observe.ts'

export type LiveWatch = {
  /**
   * Report received → here, milliseconds, of every report received since the watch began; not of the snapshot, and not of a
   * position sent again because the wearer's state has changed.
   */
  delaysMs: number[]
  /** Newest revision of every incident that came. */
  incidents: Map<string, IncidentView>
  hello: Promise<void>
  /** Reconnects after which the feed could not send what had been missed. */
  gaps: number
  close(): void
}

/** Logs in over REST; gives the session's cookie. Throws a sentence when the login is refused. */
export async function signIn(baseUrl: string, username: string, password: string): Promise<string> {
  const response = await fetch(`${baseUrl}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ username, password }),
  })
  if (!response.ok) throw new Error(`the login of ${username} was refused: ${response.status}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

const PAGES_MAX = 25

/** The newest 5,000 incidents over REST, whatever became of them. */
export async function newestIncidents(baseUrl: string, cookie: string): Promise<IncidentView[]> {
  const found: IncidentView[] = []
  let before = ''
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const response = await fetch(`${baseUrl}/v1/incidents?state=all&limit=200${before}`, { headers: { cookie } })
    if (!response.ok) throw new Error(`the list of incidents was refused: ${response.status}`)
    const { incidents, next } = (await response.json()) as { incidents: IncidentView[]; next?: string }
    found.push(...incidents)
    if (next === undefined) break
    before = `&before=${next}`
  }
  return found
}

/** Follows the feed until closed; reconnects where it left off. `onIncident` hears of every revision as it comes. */
export function watchLive(
  baseUrl: string,
  cookie: string,
  clock: Clock,
  onIncident: (incident: IncidentView) => void = () => undefined,
): LiveWatch {
  const beganMs = clock()
  const newestMs = new Map<number, number>()
  let cursor: string | undefined
  let socket: WebSocket
  let closed = false
  let said: () => void = () => undefined
  const watch: LiveWatch = {
    delaysMs: [],
    incidents: new Map(),
    hello: new Promise((resolve) => {
      said = resolve
    }),
    gaps: 0,
    close() {
      closed = true
      socket.close()
    },
  }
  const connect = (): void => {
    const url = `${baseUrl.replace(/^http/, 'ws')}/v1/live${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`
    socket = new WebSocket(url, { headers: { cookie, origin: baseUrl } })
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as LiveMessage
      if (message.t === 'hello') {
        if (cursor !== undefined && !message.resumed) watch.gaps++
        said()
      }
      if (message.t === 'positions')
        for (const [n, , , , , , receivedMs] of message.rows) {
          if (receivedMs <= (newestMs.get(n) ?? beganMs)) continue
          newestMs.set(n, receivedMs)
          watch.delaysMs.push(clock() - receivedMs)
        }
      if (message.t === 'incident') {
        watch.incidents.set(message.incident.id, message.incident)
        onIncident(message.incident)
      }
      if ('cursor' in message) cursor = message.cursor
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (!closed) setTimeout(connect, 500)
    })
  }
  connect()
  return watch
}

/** The value below which `part` (0…1) of the numbers lie; NaN of none. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
