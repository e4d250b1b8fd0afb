// LISTEN on one connection for all channels that a process follows, for as long as it runs.
import { keepGoing } from '../../model/keep-going.ts'
import type { Log } from '../../model/observe.ts'
import type { Pool, PoolClient } from './open-pool.ts'

export type Listening = {
  /** What is done with a notice, by channel; a channel is a word of ours. */
  channels: Readonly<Record<string, (payload: string) => void>>
  /** After every (re)connection: notices may have been missed before it. */
  onConnected(): void
}

const RECONNECT_FIRST_MS = 250
const RECONNECT_MAX_MS = 5_000

/** Keeps one connection of `pool` for itself; while the database is away it tries again until stopped by what it gives. */
export function listen(pool: Pool, listening: Listening, log: Log): () => Promise<void> {
  const going = keepGoing({
    name: 'listening to the database',
    async turn({ stopped, works }) {
      await listenOnce(pool, listening, stopped, works)
      return 'done'
    },
    // Whatever the reason, the listener only has to reconnect; the loader beside it reports the failure.
    retries: () => true,
    retryMs: { first: RECONNECT_FIRST_MS, max: RECONNECT_MAX_MS },
    log,
  })
  return going.stop
}

async function listenOnce(pool: Pool, listening: Listening, stop: AbortSignal, onListening: () => void): Promise<void> {
  const client = await pool.connect()
  try {
    const ended = new Promise<void>((resolve, reject) => {
      client.once('error', reject)
      client.once('end', () => reject(new Error('the connection ended')))
      if (stop.aborted) resolve()
      stop.addEventListener('abort', () => resolve(), { once: true })
    })
    client.on('notification', ({ channel, payload }) => listening.channels[channel]?.(payload ?? ''))
    // Both at once: a connection that breaks before LISTEN is answered must not leave `ended` unhandled.
    await Promise.race([ended, startListening(client, listening, onListening).then(() => ended)])
  } finally {
    client.release(true) // never back into the pool: it would go on listening
  }
}

async function startListening(
  client: PoolClient,
  { channels, onConnected }: Listening,
  onListening: () => void,
): Promise<void> {
  await client.query(
    Object.keys(channels)
      .map((channel) => `LISTEN ${channel}`)
      .join('; '),
  )
  onListening()
  onConnected()
}
