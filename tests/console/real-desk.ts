// The console's own state, without a page, against a real API.
import { signal } from '@preact/signals'
import { WebSocket } from 'ws'
import type { RunningApi } from '../../api/start-api.ts'
import { ConsoleState } from '../../web-map/app/console-state.ts'
import { connectApi } from '../../web-map/session/request.ts'
import { fakeHistory } from '../web-map/fake-history.ts'

export type RealDesk = ReturnType<typeof openRealDesk>

/** `feedAt` may lead the feed astray. */
export function openRealDesk(api: RunningApi, cookie: string, feedAt = (url: string) => url) {
  const played: string[] = []
  const timers = new Set<NodeJS.Timeout>()
  const sockets = new Set<WebSocket>()
  const state = new ConsoleState({
    api: connectApi((async (path: string, init: RequestInit) => {
      const headers = { ...(init.headers as object), cookie, origin: api.baseUrl }
      return fetch(new URL(path, api.baseUrl), { ...init, headers })
    }) as typeof fetch),
    openSocket(cursor) {
      const url = new URL('/v1/live', api.baseUrl.replace('http', 'ws'))
      if (cursor !== undefined) url.searchParams.set('cursor', cursor)
      const socket = new WebSocket(feedAt(url.href), { headers: { cookie }, origin: api.baseUrl })
      socket.on('error', () => undefined)
      sockets.add(socket)
      return socket as never
    },
    clock: Date.now,
    random: Math.random,
    after(delayMs, act) {
      const timer = setTimeout(act, delayMs)
      timers.add(timer)
      return () => clearTimeout(timer)
    },
    sound: {
      allow: async () => true,
      follow: () => undefined,
      stay: () => undefined,
      play: (what: string) => played.push(what) > 0,
    } as never,
    preferences: {
      muteInformation: signal(false),
      mutedUntilMs: signal(0),
      volume: signal(1),
      chooseLanguage: () => undefined,
    },
    history: fakeHistory(),
  })
  return {
    state,
    played,
    close() {
      for (const socket of sockets) socket.terminate()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
