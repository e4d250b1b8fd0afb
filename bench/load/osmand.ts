// Phones and bracelets that speak OsmAnd: one request a report, kept-alive connections, one request under way on each.
import { connect, type Socket } from 'node:net'
import { asLoad, latencies } from '../measure/run-load.ts'
import { deviceIdOf, makeFleet, placeOf } from './fleet.ts'

export type OsmandLoad = {
  host: string
  port: number
  pepper: string
  seed: number
  wearers: number
  reportsPerWearer: number
  baseMs: number
  stepMs: number
  connections: number
}
export type OsmandResult = {
  counts: number[]
  refused: number
  firstSentMs: number
  lastAnswerMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

type Connection = { socket: Socket; requests: Buffer[]; wearers: number[] }

asLoad<OsmandLoad, Connection[]>(prepare, send)

async function prepare(config: OsmandLoad): Promise<Connection[]> {
  const { host, port, wearers, connections, baseMs, stepMs } = config
  const fleet = makeFleet(config.seed, wearers)
  const all: Connection[] = []
  for (let c = 0; c < connections; c++) {
    const requests: Buffer[] = []
    const mine: number[] = []
    for (let k = 0; k < config.reportsPerWearer; k++)
      for (let n = c; n < wearers; n += connections) {
        const id = deviceIdOf(n)
        const [lat, lon] = placeOf(fleet, n, (k * stepMs) / 1000)
        const query = `id=${id}&timestamp=${baseMs + k * stepMs}&lat=${lat}&lon=${lon}&accuracy=8&speed=1&bearing=90&batt=71`
        requests.push(
          Buffer.from(
            `GET /?${query} HTTP/1.1\r\nHost: ${host}:${port}\r\nAuthorization: Bearer ${id}-${config.pepper}\r\n\r\n`,
          ),
        )
        mine.push(n)
      }
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opened = connect(port, host, () => resolve(opened)).setNoDelay(true)
      opened.once('error', reject)
    })
    all.push({ socket, requests, wearers: mine })
  }
  return all
}

async function send({ wearers }: OsmandLoad, connections: Connection[]): Promise<OsmandResult> {
  const counts = new Array<number>(wearers).fill(0)
  const delaysMs: number[] = []
  let refused = 0
  const firstSentMs = Date.now()
  const one = ({ socket, requests, wearers: mine }: Connection): Promise<void> =>
    new Promise((resolve, reject) => {
      let next = 0
      let sentMs = 0
      let received = ''
      const more = (): void => {
        if (next === requests.length) {
          resolve()
          return
        }
        sentMs = performance.now()
        socket.write(requests[next]!)
      }
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1')
        const end = received.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
        if (received.length < end + 4 + length) return
        if (received.startsWith('HTTP/1.1 2')) counts[mine[next]!]!++
        else refused++
        received = ''
        next++
        delaysMs.push(performance.now() - sentMs)
        more()
      })
      socket.once('close', () => (next === requests.length ? resolve() : reject(new Error('a connection was closed'))))
      more()
    })
  await Promise.all(connections.map(one))
  const lastAnswerMs = Date.now()
  for (const { socket } of connections) socket.destroy()
  return { counts, refused, firstSentMs, lastAnswerMs, ...latencies(delaysMs) }
}
