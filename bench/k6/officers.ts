// Officers: log in, read what the console reads, follow the live feed.
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e OFFICERS=name:password bench/k6/officers.ts
// -e EXPECT_POSITIONS=1 where bracelets report meanwhile: then every console must have seen some.
// Each officer may have 12 consoles open, and ten may log in a minute from one address: name several for many consoles.
import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import { Counter, Trend } from 'k6/metrics'
import { WebSocket } from 'k6/websockets'
import { arrivals, listSetting, numberSetting, SMOKE, setting, THRESHOLDS } from './settings.ts'

const baseUrl = setting('BASE_URL', 'http://127.0.0.1:8080')
const expectPositions = __ENV.EXPECT_POSITIONS === '1'
const officers = listSetting('OFFICERS')
const consoles = numberSetting('CONSOLES', SMOKE ? 3 : Math.min(50, officers.length * 10))
const watchSeconds = SMOKE ? 4 : numberSetting('WATCH_SECONDS', 60)
const positions = new Counter('live_positions')
const liveDelayMs = new Trend('live_delay_ms')

export const options = {
  scenarios: {
    reading: { ...arrivals(100), exec: 'read' },
    live: {
      executor: 'per-vu-iterations',
      vus: consoles,
      iterations: 1,
      maxDuration: `${watchSeconds + 60}s`,
      exec: 'watch',
    },
  },
  thresholds: { ...THRESHOLDS, ...(expectPositions ? { live_positions: ['count>0'] } : {}) },
}

/** Logs every officer in once; the sessions go to all. */
export function setup(): string[] {
  return officers.map((officer) => {
    const colon = officer.indexOf(':')
    const login = { username: officer.slice(0, colon), password: officer.slice(colon + 1) }
    const response = http.post(`${baseUrl}/api/auth/sign-in/username`, JSON.stringify(login), {
      headers: { 'content-type': 'application/json', origin: baseUrl },
    })
    check(response, { 'logged in': ({ status }) => status === 200 })
    if (response.status !== 200)
      exec.test.abort(`${login.username} could not log in: ${response.status} ${response.body}`)
    return Object.entries(response.cookies)
      .map(([name, [cookie]]) => `${name}=${cookie?.value}`)
      .join('; ')
  })
}

export function read(cookies: string[]): void {
  const cookie = cookies[exec.scenario.iterationInTest % cookies.length] as string
  for (const path of ['/v1/me', '/v1/wearers?limit=50', '/v1/incidents?state=open&limit=50', '/v1/zones']) {
    const response = http.get(baseUrl + path, { headers: { cookie } })
    const good = check(response, {
      'read with 200': ({ status }) => status === 200,
      'not kept by any cache': ({ headers }) => headers['Cache-Control']?.includes('no-store') === true,
    })
    if (SMOKE && !good) console.error(`${path}: ${response.status} ${response.body}`)
  }
  const stranger = http.get(`${baseUrl}/v1/me`, {
    jar: new http.CookieJar(),
    responseCallback: http.expectedStatuses(401),
  })
  check(stranger, { 'without a session 401': ({ status }) => status === 401 })
}

export function watch(cookies: string[]): void {
  const cookie = cookies[(exec.vu.idInTest - 1) % cookies.length] as string
  const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/v1/live`, null, {
    headers: { cookie, origin: baseUrl },
  })
  const seen = new Map<string, number>()
  let rows = 0
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data as string)
    seen.set(message.t, (seen.get(message.t) ?? 0) + 1)
    if (message.t !== 'positions') return
    rows += message.rows.length
    for (const row of message.rows) liveDelayMs.add(Date.now() - row[6])
  }
  socket.onerror = ({ error }) => console.error(`live feed: ${error}`)
  socket.onclose = () => {
    positions.add(rows)
    check(seen, {
      'live feed says hello once': () => seen.get('hello') === 1,
      'live feed tells who is in sight': () => (seen.get('roster') ?? 0) > 0,
      'live feed was not ended by the server': () => !seen.has('bye'),
      ...(expectPositions ? { 'live feed brings positions': () => rows > 0 } : {}),
    })
  }
  setTimeout(() => socket.close(), watchSeconds * 1000)
}
