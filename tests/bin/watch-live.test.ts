// What an officer's screen without a screen makes of the feed, over a real socket.
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type LiveWatch, watchLive } from '../../bin/demo/watch-live.ts'
import type { LiveMessage, LivePositionRow } from '../../model/console/console.ts'
import { waitFor } from '../setup/patience.ts'

let server: WebSocketServer | undefined
let watch: LiveWatch | undefined
afterEach(() => {
  watch?.close()
  server?.close()
})

const position = (n: number, state: number, receivedMs: number): LivePositionRow => [
  n,
  state,
  1,
  80,
  0,
  receivedMs,
  receivedMs,
  -7.8,
  110.3,
  8,
  0,
  0,
]

test('a delay is counted once for each report: not for the snapshot, nor when only the state has changed', async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const connected = new Promise<WebSocket>((resolve) => server!.once('connection', resolve))
  await new Promise((resolve) => server!.once('listening', resolve))
  let nowMs = 1000
  watch = watchLive(`http://127.0.0.1:${(server.address() as { port: number }).port}`, 'session', () => nowMs)
  const socket = await connected
  const send = (message: LiveMessage) => socket.send(JSON.stringify(message))
  send({ t: 'hello', serverMs: nowMs, resumed: false, cursor: 'c' })
  await watch.hello
  nowMs = 23_000
  send({ t: 'positions', rows: [position(1, 0, 400), position(2, 0, 22_900)] })
  send({ t: 'positions', rows: [position(2, 2, 22_900), position(1, 0, 22_995)] })
  await waitFor(() => expect(watch!.delaysMs).toEqual([100, 5]))
})
