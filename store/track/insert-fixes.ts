import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { PoolClient } from '../database/open-pool.ts'
import { FIX_COLUMNS, type FixRows } from './encode-fixes.ts'

const COLUMNS = FIX_COLUMNS.join(', ')

/**
 * Puts rows into the record within the caller's transaction and gives how many of each group were new. `fresh` goes in
 * by plain COPY: a row of it that is there already fails the transaction with 23505, and the caller tries again with
 * everything in `maybe`. `maybe` goes through a temporary table, and what is there already is passed over.
 */
export async function insertFixes(
  client: PoolClient,
  groups: { fresh?: FixRows; maybe?: FixRows },
): Promise<{ fresh: number; maybe: number }> {
  const fresh = groups.fresh?.count ? await copy(client, 'fix', groups.fresh) : 0
  const maybe = groups.maybe?.count ? await insertMissing(client, groups.maybe) : 0
  return { fresh, maybe }
}

async function insertMissing(client: PoolClient, rows: FixRows): Promise<number> {
  // Kept by the session and emptied at commit: made anew each time, it would grow the catalog with every batch.
  await client.query('CREATE TEMPORARY TABLE IF NOT EXISTS fix_incoming (LIKE fix) ON COMMIT DELETE ROWS')
  await copy(client, 'fix_incoming', rows)
  const inserted = await client.query(
    `INSERT INTO fix (${COLUMNS}) SELECT ${COLUMNS} FROM pg_temp.fix_incoming ON CONFLICT DO NOTHING`,
  )
  await client.query('TRUNCATE pg_temp.fix_incoming')
  return inserted.rowCount ?? 0
}

function copy(client: PoolClient, table: 'fix' | 'fix_incoming', rows: FixRows): Promise<number> {
  return copyInto(client, `COPY ${table} (${COLUMNS}) FROM STDIN WITH (FORMAT binary)`, rows.finish())
}

/** Runs a COPY … FROM STDIN with all its bytes; gives how many rows went in. */
export async function copyInto(client: PoolClient, statement: string, bytes: Buffer): Promise<number> {
  const stream = client.query(copyFrom(statement))
  await pipeline([bytes], stream)
  return stream.rowCount
}
