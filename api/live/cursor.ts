/** A console's position in the incident logs and the act log: one stream id for each shard, and one for the acts. */
export type Cursor = { incidents: string[]; acts: string }

const STREAM_ID = /^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,14})$/
const VERSION = '1'

/**
 * Opaque to the console. `rosterKey` names the wearers that it was sent: with another roster there is more to load
 * than what came after the cursor.
 */
export function encodeCursor(cursor: Cursor, rosterKey: string): string {
  return Buffer.from([VERSION, rosterKey, cursor.acts, ...cursor.incidents].join(','), 'latin1').toString('base64url')
}

/** Undefined for anything that `encodeCursor` did not make for this number of shards and this roster. */
export function decodeCursor(text: string, shardCount: number, rosterKey: string): Cursor | undefined {
  if (text.length > 48 * (shardCount + 3)) return undefined
  const [version, key, acts, ...incidents] = Buffer.from(text, 'base64url').toString('latin1').split(',')
  if (version !== VERSION || key !== rosterKey || acts === undefined || incidents.length !== shardCount)
    return undefined
  return [acts, ...incidents].every((id) => STREAM_ID.test(id)) ? { acts, incidents } : undefined
}
