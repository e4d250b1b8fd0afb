// The console's own state with nothing behind it: a test answers its requests, speaks over its feed and lets its time pass.
import { signal } from '@preact/signals'
import type { IncidentView, LiveMessage, WearerSummary } from '../../model/console/console.ts'
import { ConsoleState } from '../../web-map/app/console-state.ts'
import type { FeedSocket } from '../../web-map/feed/feed.ts'
import { connectApi } from '../../web-map/session/request.ts'
import { fakeHistory } from './fake-history.ts'
import { detailOf, ME, UNITS } from './sample-data.ts'

type Answer = { status?: number; body?: unknown }
export type BareDesk = ReturnType<typeof openBareDesk>

export const refusal = (status: number, code: string): Answer => ({ status, body: { error: { code, message: code } } })

export function openBareDesk(wearers: WearerSummary[], startMs: number, href?: string) {
  let nowMs = startMs
  const timers = new Set<{ atMs: number; act: () => void }>()
  const sockets: FeedSocket[] = []
  const asked: string[] = []
  const played: string[] = []
  /** Answers by method and path; a function may hold its answer back. */
  const answers: Record<string, () => Answer | Promise<Answer>> = {
    'GET /v1/me': () => ({ body: ME }),
    'GET /v1/units': () => ({ body: { units: UNITS } }),
    'GET /v1/zones': () => ({ body: { zones: [] } }),
    'GET /v1/map-settings': () => ({ body: {} }),
    'POST /api/auth/sign-in/username': () => ({ body: {} }),
  }
  for (const wearer of wearers) answers[`GET /v1/wearers/${wearer.id}`] = () => ({ body: detailOf(wearer, startMs) })
  const address = fakeHistory(href)
  const preferences = {
    muteInformation: signal(false),
    mutedUntilMs: signal(0),
    volume: signal(1),
    chooseLanguage: () => undefined,
  }
  const state = new ConsoleState({
    api: connectApi((async (path: string, init: RequestInit) => {
      const what = `${init.method} ${path.split('?')[0]}`
      asked.push(what)
      const { status = 200, body } = (await answers[what]?.()) ?? refusal(404, 'not_found')
      return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
    }) as typeof fetch),
    openSocket() {
      const socket = { onopen: null, onmessage: null, onclose: null, close: () => undefined }
      sockets.push(socket)
      return socket
    },
    clock: () => nowMs,
    random: () => 1,
    after(delayMs, act) {
      const timer = { atMs: nowMs + delayMs, act }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    sound: {
      allow: async () => true,
      follow: () => undefined,
      stay: () => undefined,
      play: (what: string) => played.push(what) > 0,
    } as never,
    history: address,
    preferences,
  })
  const say = (message: LiveMessage) =>
    sockets.at(-1)!.onmessage?.call({} as WebSocket, { data: JSON.stringify(message) } as MessageEvent)
  return {
    state,
    asked,
    played,
    address,
    preferences,
    say,
    /** What a path answers from now on. */
    answer(what: string, answer: Answer | (() => Answer | Promise<Answer>)) {
      answers[what] = typeof answer === 'function' ? answer : () => answer
    },
    /** The list of open incidents as it is from now on, and each of them by itself. */
    list(incidents: IncidentView[]) {
      answers['GET /v1/incidents'] = () => ({ body: { incidents } })
      for (const incident of incidents) answers[`GET /v1/incidents/${incident.id}`] = () => ({ body: { incident } })
    },
    hello(resumed = false) {
      say({ t: 'hello', serverMs: nowMs, resumed, cursor: '1' })
      say({ t: 'roster', wearers })
    },
    status: (more: Partial<Extract<LiveMessage, { t: 'status' }>> = {}) =>
      say({ t: 'status', serverMs: nowMs, liveMs: nowMs, redis: 'ok', database: 'ok', ...more }),
    send: (incident: IncidentView) => say({ t: 'incident', cursor: '1', incident }),
    drop: () => sockets.at(-1)!.onclose?.call({} as WebSocket, {} as CloseEvent),
    /** Less than the silence after which the feed is taken for dead; `status` is a sign of life. */
    pass(ms: number) {
      nowMs += ms
      for (const timer of [...timers].sort((a, b) => a.atMs - b.atMs))
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.act()
      state.tick()
    },
    howOften: (what: string) => asked.filter((one) => one === what).length,
  }
}

/** Lets what has been answered come through. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** An answer waits for `slow` until `arrive` is called. */
export function heldBack(): { slow: Promise<void>; arrive: () => void } {
  const waiting: { arrive?: () => void } = {}
  const slow = new Promise<void>((resolve) => (waiting.arrive = resolve))
  return { slow, arrive: () => waiting.arrive?.() }
}
