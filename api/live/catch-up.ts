import { setTimeout as delay } from 'node:timers/promises'
import { compareIds } from '../../stream/logs/positions.ts'
import type { LiveConnection } from './connection.ts'

type Missed<E extends { id: string }> = {
  name: number | 'acts'
  /** Entries after an id, a page of at most `page`. */
  read(afterId: string): Promise<E[]>
  page: number
  /** The connection's position in this log. */
  position(): string
  send(entry: E): void
  /** The position of the hub's own reader: from there on the hub sends to the connection itself. */
  hubPosition(): string
  onFailure(error: Error): void
  retryMs: number
}

/**
 * Sends a connection what it missed of one log, then joins it to the hub's live reading. The join and the last look at the
 * hub's position happen in one turn of the event loop, so no entry falls between and none is sent twice. False when what
 * was missed is gone.
 */
export async function catchUp<E extends { id: string }>(
  connection: LiveConnection,
  missed: Missed<E>,
): Promise<boolean> {
  let emptyAt: string | undefined
  while (connection.open) {
    let entries: E[]
    try {
      entries = await missed.read(missed.position())
    } catch (error) {
      missed.onFailure(error as Error)
      await delay(missed.retryMs)
      continue
    }
    for (const entry of entries) missed.send(entry)
    const hubAt = missed.hubPosition()
    if (entries.length < missed.page && compareIds(missed.position(), hubAt) >= 0) {
      connection.joined.add(missed.name)
      return true
    }
    if (entries.length === 0) {
      // The hub has seen what Redis no longer has. Once may be a new entry since the read; twice at one place is a gap.
      if (emptyAt === hubAt) return false
      emptyAt = hubAt
    }
    await connection.drained()
  }
  return true
}
