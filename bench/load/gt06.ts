// Bracelets that speak GT06, each on a connection of its own: login, wait for the answer, then a location (type 22) at a time, the
// next when the last is answered. Frames from the public document, not with the server's code.
import { connect, type Socket } from 'node:net'
import { asLoad, latencies } from '../measure/run-load.ts'
import { deviceIdOf, type Fleet, makeFleet, placeOf } from './fleet.ts'

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
const CONTENT_BYTES = 29
const FRAME_BYTES = CONTENT_BYTES + 10
const CONNECTING_AT_ONCE = 200

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1
  return crc
})

/** All frames of a bracelet one after the other, each FRAME_BYTES long. */
type Bracelet = { socket: Socket; frames: Buffer }

asLoad<Gt06Load, Bracelet[]>(
  async (config) => {
    const fleet = makeFleet(config.seed, config.wearers)
    const bracelets: Bracelet[] = []
    for (let from = 0; from < config.wearers; from += CONNECTING_AT_ONCE) {
      const some = Math.min(CONNECTING_AT_ONCE, config.wearers - from)
      const sockets = await Promise.all(Array.from({ length: some }, (_, i) => logIn(config, from + i)))
      sockets.forEach((socket, i) => void bracelets.push({ socket, frames: framesOf(config, fleet, from + i) }))
    }
    return bracelets
  },
  async (config, bracelets) => {
    const counts = new Array<number>(config.wearers).fill(0)
    const delaysMs: number[] = []
    const firstSentMs = Date.now()
    await Promise.all(bracelets.map((bracelet, n) => report(config, bracelet, n, counts, delaysMs)))
    const lastAnswerMs = Date.now()
    for (const { socket } of bracelets) socket.destroy()
    return { counts, firstSentMs, lastAnswerMs, ...latencies(delaysMs) }
  },
)

function framesOf({ reportsPerWearer, baseMs, stepMs }: Gt06Load, fleet: Fleet, n: number): Buffer {
  return Buffer.concat(
    Array.from({ length: reportsPerWearer }, (_, k) => {
      const [lat, lon] = placeOf(fleet, n, (k * stepMs) / 1000)
      return frame(LOCATION, location(baseMs + k * stepMs, lat, lon), k + 2)
    }),
  )
}

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
  { reportsPerWearer }: Gt06Load,
  { socket, frames }: Bracelet,
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
      sentMs = performance.now()
      socket.write(frames.subarray(k * FRAME_BYTES, (k + 1) * FRAME_BYTES))
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
  const bytes = Buffer.alloc(CONTENT_BYTES)
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
