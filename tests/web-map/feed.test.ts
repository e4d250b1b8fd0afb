import { expect, test } from 'vitest'
import type { LiveMessage } from '../../model/console/console.ts'
import { BACKOFF, backoffMs } from '../../web-map/feed/backoff.ts'
import { FEED_SILENCE_MAX_MS, type FeedLink, type FeedSocket, LiveFeed } from '../../web-map/feed/feed.ts'

/** A feed with hand-set time and sockets that the test opens, speaks through and closes. */
function makeFeed() {
  let nowMs = 0
  const timers = new Set<{ atMs: number; act: () => void }>()
  const sockets: { cursor: string | undefined; socket: FeedSocket; closed: boolean }[] = []
  const links: FeedLink[] = []
  const messages: LiveMessage[] = []
  let refusals = 0
  const feed = new LiveFeed({
    openSocket(cursor) {
      const entry = {
        cursor,
        closed: false,
        socket: { onopen: null, onmessage: null, onclose: null } as unknown as FeedSocket,
      }
      entry.socket.close = () => {
        entry.closed = true
      }
      sockets.push(entry)
      return entry.socket
    },
    random: () => 1,
    after(delayMs, act) {
      const timer = { atMs: nowMs + delayMs, act }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    onMessage: (message) => messages.push(message),
    onLink: (link) => links.push(link),
    onRefused: () => refusals++,
  })
  return {
    feed,
    sockets,
    links,
    messages,
    refusals: () => refusals,
    pass(ms: number) {
      nowMs += ms
      for (const timer of [...timers].sort((a, b) => a.atMs - b.atMs))
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.act()
    },
    open: () => sockets.at(-1)!.socket.onopen?.call(sockets.at(-1)!.socket as WebSocket, {} as Event),
    say: (message: LiveMessage) =>
      sockets.at(-1)!.socket.onmessage?.call({} as WebSocket, { data: JSON.stringify(message) } as MessageEvent),
    drop: () => sockets.at(-1)!.socket.onclose?.call({} as WebSocket, {} as CloseEvent),
  }
}

const hello = (cursor: string): LiveMessage => ({ t: 'hello', serverMs: 0, resumed: true, cursor })

test('backoff doubles up to its ceiling and keeps half of it for chance', () => {
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, () => 1))).toEqual([500, 1000, 2000, 4000])
  expect(backoffMs(0, () => 0)).toBe(250)
  expect(backoffMs(1000, () => 1)).toBe(BACKOFF.maxMs)
})

test('a lost connection comes back at the last cursor', () => {
  const { feed, sockets, links, open, say, drop, pass } = makeFeed()
  feed.start()
  expect(sockets[0]!.cursor).toBeUndefined()
  open()
  say(hello('a'))
  say({
    t: 'act',
    cursor: 'b',
    act: { actId: 1, incidentId: 'x', wearerId: 1, action: 'note', officerName: '', atMs: 0 },
  })
  drop()
  expect(links).toEqual(['connecting', 'open', 'away'])
  pass(499)
  expect(sockets).toHaveLength(1)
  pass(1)
  expect(sockets[1]!.cursor).toBe('b')
})

test('waits longer after each refusal, asks about the session, and starts over after a hello', () => {
  const { feed, sockets, refusals, open, say, drop, pass } = makeFeed()
  feed.start()
  for (const waitMs of [500, 1000, 2000]) {
    drop()
    pass(waitMs - 1)
    const before = sockets.length
    pass(1)
    expect(sockets).toHaveLength(before + 1)
  }
  expect(refusals()).toBe(3)
  open()
  say(hello('a'))
  drop()
  pass(500)
  expect(sockets).toHaveLength(5)
  expect(refusals()).toBe(3)
})

test('a silent link is taken for dead', () => {
  const { feed, sockets, links, open, say, pass } = makeFeed()
  feed.start()
  open()
  say(hello('a'))
  pass(FEED_SILENCE_MAX_MS - 1)
  say({ t: 'status', serverMs: 0, liveMs: 0, redis: 'ok', database: 'ok' })
  pass(FEED_SILENCE_MAX_MS - 1)
  expect(links.at(-1)).toBe('open')
  pass(1)
  expect(links.at(-1)).toBe('away')
  expect(sockets[0]!.closed).toBe(true)
})

test('a connection attempt that hangs is given up', () => {
  const { feed, sockets, pass } = makeFeed()
  feed.start()
  pass(FEED_SILENCE_MAX_MS)
  pass(500)
  expect(sockets).toHaveLength(2)
})

test('stop closes and stays closed; hurry does not wait for the backoff', () => {
  const { feed, sockets, drop, pass } = makeFeed()
  feed.start()
  drop()
  feed.hurry()
  expect(sockets).toHaveLength(2)
  feed.hurry()
  expect(sockets).toHaveLength(2)
  feed.stop()
  expect(sockets[1]!.closed).toBe(true)
  pass(60_000)
  expect(sockets).toHaveLength(2)
})
