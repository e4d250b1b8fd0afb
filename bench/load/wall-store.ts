// The bare path's second process: reads the log, one distance a report, COPY with two connections.

import { metresApart } from '../../geofence/geometry/local-plane.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { copyInto } from '../../store/track/insert-fixes.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { QUIET } from '../measure/quiet.ts'

const [redisUrl, databaseUrl] = process.argv.slice(2) as [string, string]
const SHARDS = 16
const LANES = 2
const ROWS = 5000
const REPORT_BYTES = 48
const EPOCH_MS = 946_684_800_000
const COPY = 'COPY wall (bracelet, time, lat_e7, lon_e7) FROM STDIN WITH (FORMAT binary)'
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const ROW_BYTES = 2 + 8 + 12 + 8 + 8

const pool = openPool({ url: databaseUrl, applicationName: 'wall', max: LANES })
const redis = connectRedis({ url: redisUrl, prefix: 'wall' }, 'wall', QUIET)
await untilReady(redis, 10_000)
let stored = 0
let farM = 0

async function lane(first: number): Promise<never> {
  const client = await pool.connect()
  const after = Array.from({ length: SHARDS }, () => '0-0')
  let bytes = Buffer.alloc(HEADER.length + 2 * ROWS * ROW_BYTES + 2)
  HEADER.copy(bytes)
  for (;;) {
    let rows = 0
    for (let shard = first; shard < SHARDS; shard += LANES) {
      for (const entry of await readEntries(redis, `wall:${shard}`, after[shard]!, { count: 64 })) {
        after[shard] = entry.id
        const view = new DataView(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.byteLength)
        const need = HEADER.length + (rows + view.byteLength / REPORT_BYTES) * ROW_BYTES + 2
        if (need > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(need)])
        for (let at = 0; at < view.byteLength; at += REPORT_BYTES) {
          const latE7 = view.getInt32(at + 16, true)
          const lonE7 = view.getInt32(at + 20, true)
          farM = Math.max(farM, metresApart(-62_000_000, 1_068_000_000, latE7, lonE7))
          let end = bytes.writeInt16BE(4, HEADER.length + rows++ * ROW_BYTES)
          end = bytes.writeInt32BE(4, end)
          end = bytes.writeInt32BE(view.getUint32(at, true), end)
          end = bytes.writeInt32BE(8, end)
          const micros = (view.getFloat64(at + 8, true) - EPOCH_MS) * 1000
          const high = Math.floor(micros / 0x1_0000_0000)
          end = bytes.writeInt32BE(high, end)
          end = bytes.writeUInt32BE(micros - high * 0x1_0000_0000, end)
          end = bytes.writeInt32BE(4, end)
          end = bytes.writeInt32BE(latE7, end)
          end = bytes.writeInt32BE(4, end)
          bytes.writeInt32BE(lonE7, end)
        }
      }
      if (rows >= ROWS) break
    }
    if (rows === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      continue
    }
    const end = HEADER.length + rows * ROW_BYTES
    bytes.writeInt16BE(-1, end)
    await copyInto(client, COPY, bytes.subarray(0, end + 2))
    stored += rows
    process.send!({ stored, farM })
  }
}

for (let i = 0; i < LANES; i++)
  lane(i).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
process.send!({ stored: 0 })
