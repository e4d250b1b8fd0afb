// Bracelets that speak GT06, each on a connection of its own: login, wait for the answer, then a location (type 22) at a time, the
// next when the last is answered. Frames from the public document, not with the server's code.
import { connect, type Socket } from 'node:net'
import { deviceIdOf, type Fleet, makeFleet, placeOf } from '../fleet.ts'
import { asLoad, latencies } from '../run-load.ts'

export type Gt06Load = {
  host: string
  port: number
  seed: number
  wearers: number
  reportsPerWearer: number
  baseMs: number
  stepMs: number
}
export type Gt06Result = {
  counts: number[]
  firstSentMs: number
  lastAnswerMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

const LOGIN = 0x01
const LOCATION = 0x22
/** Header, length, type, serial, CRC, tail: an answer has no content. */
const ANSWER_BYTES = 10
const CONNECTING_AT_ONCE = 200

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1
  return crc
})

asLoad<Gt06Load, Socket[]>(
  async (config) => {
    const sockets: Socket[] = []
    for (let from = 0; from < config.wearers; from += CONNECTING_AT_ONCE) {
      const some = Math.min(CONNECTING_AT_ONCE, config.wearers - from)
      sockets.push(...(await Promise.all(Array.from({ length: some }, (_, i) => logIn(config, from + i)))))
    }
    return sockets
  },
  async (config, sockets) => {
    const fleet = makeFleet(config.seed, config.wearers)
    const counts = new Array<number>(config.wearers).fill(0)
    const delaysMs: number[] = []
    const firstSentMs = Date.now()
    await Promise.all(sockets.map((socket, n) => report(config, fleet, socket, n, counts, delaysMs)))
    const lastAnswerMs = Date.now()
    for (const socket of sockets) socket.destroy()
    return { counts, firstSentMs, lastAnswerMs, ...latencies(delaysMs) }
  },
)

function logIn({ host, port }: Gt06Load, n: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(frame(LOGIN, Buffer.from(`0${deviceIdOf(n)}`, 'hex'), 1)))
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.once('data', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function report(
  { reportsPerWearer, baseMs, stepMs }: Gt06Load,
  fleet: Fleet,
  socket: Socket,
  n: number,
  counts: number[],
  delaysMs: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let answeredBytes = 0
    let sentMs = 0
    const more = (): void => {
      const k = counts[n]!
      if (k === reportsPerWearer) {
        resolve()
        return
      }
      const [lat, lon] = placeOf(fleet, n, (k * stepMs) / 1000)
      sentMs = performance.now()
      socket.write(frame(LOCATION, location(baseMs + k * stepMs, lat, lon), k + 2))
    }
    socket.on('data', (chunk) => {
      answeredBytes += chunk.length
      if (answeredBytes < (counts[n]! + 1) * ANSWER_BYTES) return
      counts[n]!++
      delaysMs.push(performance.now() - sentMs)
      more()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`bracelet ${n} was cut off after ${counts[n]} reports`)))
    more()
  })
}

function location(timeMs: number, lat: number, lon: number): Buffer {
  const time = new Date(timeMs)
  const bytes = Buffer.alloc(29)
  bytes.set([
    time.getUTCFullYear() - 2000,
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
    0xc9,
  ])
  bytes.writeUInt32BE(Math.round(Math.abs(lat) * 1_800_000), 7)
  bytes.writeUInt32BE(Math.round(lon * 1_800_000), 11)
  bytes.writeUInt8(4, 15)
  // Positioned, south, east, course 90.
  bytes.writeUInt16BE(0x1000 | 90, 16)
  bytes.set([0x01, 0xfe, 10, 0x12, 0x34, 0, 0x56, 0x78, 1, 0, 0], 18)
  return bytes
}

function frame(type: number, content: Buffer, serial: number): Buffer {
  const bytes = Buffer.alloc(content.length + 10)
  bytes.writeUInt16BE(0x7878, 0)
  bytes.writeUInt8(content.length + 5, 2)
  bytes.writeUInt8(type, 3)
  content.copy(bytes, 4)
  bytes.writeUInt16BE(serial & 0xffff, content.length + 4)
  let crc = 0xffff
  for (let i = 2; i < content.length + 6; i++) crc = (crc >> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 0xff]!
  bytes.writeUInt16BE(crc ^ 0xffff, content.length + 6)
  bytes.writeUInt16BE(0x0d0a, content.length + 8)
  return bytes
}
