import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Pool } from '../../store/database/open-pool.ts'

const run = promisify(execFile)

/** Puts a day's chunk out of PostgreSQL's memory and the system's; nobody else's data are touched. */
export type Cooler = (dayMs: number) => Promise<void>

/** `pool` as a superuser. Undefined where the server's files are not on this machine. */
export async function openCooler(pool: Pool): Promise<Cooler | undefined> {
  const { rows } = await pool.query<{ data_directory: string }>('SHOW data_directory')
  const folder = rows[0]!.data_directory
  if (!existsSync(`${folder}/PG_VERSION`)) return undefined
  await pool.query('CREATE EXTENSION IF NOT EXISTS pg_buffercache')
  return async (dayMs) => {
    await pool.query('CHECKPOINT')
    await pool.query('SELECT count(pg_buffercache_evict(bufferid)) FROM pg_buffercache')
    for (const path of await filesOf(pool, dayMs))
      for (let part = 0, file = `${folder}/${path}`; existsSync(file); file = `${folder}/${path}.${++part}`)
        await run('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'])
  }
}

/** Table and indexes of the chunk that begins at `dayMs`. */
async function filesOf(pool: Pool, dayMs: number): Promise<string[]> {
  const { rows } = await pool.query<{ path: string }>(
    `SELECT pg_relation_filepath(f.oid) AS path FROM timescaledb_information.chunks c
    CROSS JOIN LATERAL (SELECT format('%I.%I', c.chunk_schema, c.chunk_name)::regclass::oid AS oid) t
    CROSS JOIN LATERAL (SELECT t.oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = t.oid) f
    WHERE c.hypertable_name = 'fix' AND c.range_start = from_ms($1)`,
    [dayMs],
  )
  return rows.map(({ path }) => path)
}
