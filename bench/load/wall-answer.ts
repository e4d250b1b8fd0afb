// The bare path's first process: TCP in, 16 shards, Redis (fsync always), answer. No credentials, no checks.
import { type AddressInfo, createServer } from 'node:net'

import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { QUIET } from '../measure/quiet.ts'

const FRAME_BYTES = 48 * 200
const SHARDS = 16
const REPORT_BYTES = 48

const redis = connectRedis({ url: process.argv[2]!, prefix: 'wall' }, 'wall', QUIET)
await untilReady(redis, 10_000)
let shards: Buffer[][] = Array.from({ length: SHARDS }, () => [])
let answers: (() => void)[] = []
let writing = false

/** What has come since the last write goes out in one, and is answered when all of it is on disk. */
async function write(): Promise<void> {
  writing = true
  while (answers.length > 0) {
    const [taken, waiting] = [shards, answers]
    shards = Array.from({ length: SHARDS }, () => [])
    answers = []
    const pipeline = redis.pipeline()
    taken.forEach((reports, shard) => {
      if (reports.length > 0) pipeline.xadd(`wall:${shard}`, '*', 'b', Buffer.concat(reports))
    })
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
    for (const answer of waiting) answer()
  }
  writing = false
}

const server = createServer({ noDelay: true }, (socket) => {
  let left = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    left = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    while (left.length >= FRAME_BYTES) {
      for (let at = 0; at < FRAME_BYTES; at += REPORT_BYTES)
        shards[left.readUInt32LE(at) % SHARDS]!.push(left.subarray(at, at + REPORT_BYTES))
      left = left.subarray(FRAME_BYTES)
      answers.push(() => socket.write('.'))
    }
    if (!writing) setImmediate(() => writing || void write())
  })
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
