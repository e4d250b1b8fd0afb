import type { Db } from './open-pool.ts'

export type TimescaleEdition = 'timescale' | 'apache'

/** `timescale` has compression and policies of its own; Debian's build is `apache` and has neither. */
export async function timescaleEdition(db: Db): Promise<TimescaleEdition> {
  const { rows } = await db.query<{ license: string }>(`SELECT current_setting('timescaledb.license') AS license`)
  return rows[0]?.license === 'timescale' ? 'timescale' : 'apache'
}

export type EditionPolicies = {
  /** Tracks older than this are dropped, a chunk at a time; 0 = never. */
  retentionDays: number
  /** Late reports still come for a while; a chunk is compressed when hardly any do. */
  compressAfterDays: number
}

/**
 * Run by the schema's owner after the migrations, as often as wanted. With the timescale edition the server compresses
 * and drops by itself from then on (gives 'server'); with apache nothing is set and the caller runs `dropOldChunks` daily
 * (gives 'caller').
 */
export async function applyEditionPolicies(db: Db, policies: EditionPolicies): Promise<'server' | 'caller'> {
  if ((await timescaleEdition(db)) === 'apache') return 'caller'
  await db.query(`ALTER TABLE fix SET (timescaledb.compress, timescaledb.compress_segmentby = 'wearer_id',
    timescaledb.compress_orderby = 'time, content_key')`)
  await db.query(`SELECT remove_compression_policy('fix', if_exists => true)`)
  await db.query(`SELECT add_compression_policy('fix', make_interval(days => $1))`, [policies.compressAfterDays])
  await db.query(`SELECT remove_retention_policy('fix', if_exists => true)`)
  if (policies.retentionDays > 0)
    await db.query(`SELECT add_retention_policy('fix', make_interval(days => $1))`, [policies.retentionDays])
  return 'server'
}

/** Drops the chunks that end before `olderThanMs`; gives how many. Whole files go, no row is touched. Owner only. */
export async function dropOldChunks(db: Db, olderThanMs: number, table: 'fix' | 'quarantine' = 'fix'): Promise<number> {
  const { rowCount } = await db.query('SELECT drop_chunks($1::regclass, older_than => from_ms($2))', [
    table,
    olderThanMs,
  ])
  return rowCount ?? 0
}
