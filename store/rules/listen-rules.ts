import type { Log } from '../../model/observe.ts'
import type { Pool, PoolClient } from '../database/open-pool.ts'

/** What a transaction changed. `wearers` absent: any of them. `version` absent: notices may have been missed. */
export type RulesChange = { version?: number; directory: boolean; wearers?: number[] }

const RECONNECT_FIRST_MS = 250
const RECONNECT_MAX_MS = 5_000

/**
 * Calls `onChange` after every committed change of the rules, and after every (re)connection, since notices may have been
 * missed before it. Keeps one connection of `pool` for itself; while the database is away it tries again until stopped.
 */
export async function listenRules(
  pool: Pool,
  onChange: (change: RulesChange) => void,
  log: Log,
): Promise<() => Promise<void>> {
  const stopping = new AbortController()
  const running = (async () => {
    let delayMs = RECONNECT_FIRST_MS
    while (!stopping.signal.aborted) {
      try {
        await listenOnce(pool, onChange, stopping.signal, () => {
          delayMs = RECONNECT_FIRST_MS
        })
      } catch (error) {
        // Whatever the reason, the listener's whole work is to come back; the loader beside it fails loudly.
        log.warn({ reason: (error as Error).message }, 'not listening for changed rules; trying again')
      }
      await pause(delayMs, stopping.signal)
      delayMs = Math.min(delayMs * 2, RECONNECT_MAX_MS)
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}

async function listenOnce(
  pool: Pool,
  onChange: (change: RulesChange) => void,
  stop: AbortSignal,
  onListening: () => void,
): Promise<void> {
  const client = await pool.connect()
  try {
    const ended = new Promise<void>((resolve, reject) => {
      client.once('error', reject)
      client.once('end', () => reject(new Error('the connection ended')))
      if (stop.aborted) resolve()
      stop.addEventListener('abort', () => resolve(), { once: true })
    })
    client.on('notification', ({ payload }) => onChange(JSON.parse(payload ?? '{"directory":true}')))
    // Both at once: a connection that breaks before LISTEN is answered must not leave `ended` unhandled.
    await Promise.race([ended, startListening(client, onChange, onListening).then(() => ended)])
  } finally {
    client.release(true) // never back into the pool: it would go on listening
  }
}

async function startListening(
  client: PoolClient,
  onChange: (change: RulesChange) => void,
  onListening: () => void,
): Promise<void> {
  await client.query('LISTEN gelang_rules')
  onListening()
  onChange({ directory: true })
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    stop.addEventListener('abort', done, { once: true })
  })
}
