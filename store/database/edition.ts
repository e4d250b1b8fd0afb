import type { Db } from './open-pool.ts'

type TimescaleEdition = 'timescale' | 'apache'

/** `timescale` has compression and policies of its own; Debian's build is `apache` and has neither. */
export async function timescaleEdition(db: Db): Promise<TimescaleEdition> {
  const { rows } = await db.query<{ license: string }>(`SELECT current_setting('timescaledb.license') AS license`)
  return rows[0]?.license === 'timescale' ? 'timescale' : 'apache'
}

type KeptFor = {
  /** Tracks older than this may be dropped, a chunk at a time; 0 = never. */
  trackDays: number
  quarantineDays: number
}

/** Reports later than this are rare, and a compressed chunk still takes them. */
const COMPRESS_AFTER_DAYS = 7

/**
 * Run by the schema's owner after the migrations, as often as wanted: how long what is kept. With the timescale edition the
 * server also compresses tracks and drops old ones by itself from then on; with apache the record role does (`dropOld`).
 */
export async function keepFor(db: Db, { trackDays, quarantineDays }: KeptFor): Promise<void> {
  await db.query(
    `UPDATE retention SET days = nullif(given.days, 0) FROM unnest($1::text[], $2::int[]) AS given (kept, days)
    WHERE retention.kept = given.kept AND retention.days IS DISTINCT FROM nullif(given.days, 0)`,
    [
      ['fix', 'quarantine'],
      [trackDays, quarantineDays],
    ],
  )
  if ((await timescaleEdition(db)) === 'apache') return
  await db.query(`ALTER TABLE fix SET (timescaledb.compress, timescaledb.compress_segmentby = 'wearer_id',
    timescaledb.compress_orderby = 'time, content_key')`)
  await db.query(`SELECT remove_compression_policy('fix', if_exists => true)`)
  await db.query(`SELECT add_compression_policy('fix', make_interval(days => $1))`, [COMPRESS_AFTER_DAYS])
  await db.query(`SELECT remove_retention_policy('fix', if_exists => true)`)
  if (trackDays > 0) await db.query(`SELECT add_retention_policy('fix', make_interval(days => $1))`, [trackDays])
}

/**
 * Drops the chunks that end before `olderThanMs`; gives how many. Whole files go, no row is touched. Refused for what is younger
 * than the owner lets go.
 */
export async function dropOld(db: Db, olderThanMs: number, table: 'fix' | 'quarantine' = 'fix'): Promise<number> {
  const { rows } = await db.query<{ chunks: number }>('SELECT drop_old($1, from_ms($2)) AS chunks', [
    table,
    olderThanMs,
  ])
  return rows[0]!.chunks
}
