// The bare path's generator: frames of 200 reports of 48 bytes over TCP, some under way on each connection.
import { connect, type Socket } from 'node:net'
import { asLoad, latencies } from '../measure/run-load.ts'

export type WallLoad = { port: number; reports: number; connections: number; framesUnderWay: number }
export type WallResult = { answeredMs: number; p50Ms: number; p99Ms: number; maxMs: number }

export const WALL_REPORT_BYTES = 48
export const WALL_FRAME_REPORTS = 200
const WEARERS = 15_000

asLoad<WallLoad, { sockets: Socket[]; frames: Buffer[][] }>(
  async ({ port, reports, connections }) => {
    const frames: Buffer[][] = Array.from({ length: connections }, () => [])
    const baseMs = Date.now() - 1_000_000
    for (let from = 0, f = 0; from < reports; from += WALL_FRAME_REPORTS, f++) {
      const frame = Buffer.alloc(WALL_FRAME_REPORTS * WALL_REPORT_BYTES)
      for (let i = 0; i < WALL_FRAME_REPORTS; i++) {
        const n = from + i
        const at = i * WALL_REPORT_BYTES
        frame.writeUInt32LE(n % WEARERS, at)
        frame.writeDoubleLE(baseMs + Math.floor(n / WEARERS) * 1000, at + 8)
        frame.writeInt32LE(-62_000_000 + n, at + 16)
        frame.writeInt32LE(1_068_000_000 - n, at + 20)
      }
      frames[f % connections]!.push(frame)
    }
    const sockets = await Promise.all(
      frames.map(
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect(port, '127.0.0.1', () => resolve(socket))
            socket.setNoDelay(true)
            socket.once('error', reject)
          }),
      ),
    )
    return { sockets, frames }
  },
  async ({ framesUnderWay }, { sockets, frames }) => {
    const delaysMs: number[] = []
    const began = performance.now()
    await Promise.all(
      sockets.map(
        (socket, c) =>
          new Promise<void>((resolve) => {
            const mine = frames[c]!
            const sentMs: number[] = []
            let answered = 0
            const pump = (): void => {
              while (sentMs.length < mine.length && sentMs.length - answered < framesUnderWay) {
                socket.write(mine[sentMs.length]!)
                sentMs.push(performance.now())
              }
            }
            // One byte an answered frame.
            socket.on('data', (chunk) => {
              const now = performance.now()
              for (let i = 0; i < chunk.length; i++) delaysMs.push(now - sentMs[answered++]!)
              if (answered === mine.length) resolve()
              else pump()
            })
            pump()
          }),
      ),
    )
    const answeredMs = performance.now() - began
    for (const socket of sockets) socket.destroy()
    return { answeredMs, ...latencies(delaysMs) }
  },
)
