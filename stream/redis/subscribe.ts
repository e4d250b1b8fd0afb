import { Cluster } from 'ioredis'
import { duplicateRedis, type RedisClient, SOCKET_SILENT_MS_MAX } from './connect.ts'

export type Subscription = {
  /** Resolves when the first subscription is active. */
  ready: Promise<void>
  stop(): void
}

/**
 * Subscribes to channels on a connection of its own, again after every reconnect. `onSubscribed` is called each time it is active;
 * messages published while it was not active are lost. Pings detect a dead socket.
 */
export function subscribe(
  redis: RedisClient,
  connectionName: string,
  channels: string[],
  handler: (channel: string, message: Buffer) => void,
  onSubscribed: () => void = () => undefined,
): Subscription {
  const connection = duplicateRedis(redis, connectionName)
  let isSubscribed = false
  let resolveReady: () => void
  const ready = new Promise<void>((resolve) => {
    resolveReady = resolve
  })
  const onFirst = () => {
    isSubscribed = true
    resolveReady()
    onSubscribed()
  }
  // The connection's error event reports the failure; the next `ready` or the next ping tries again.
  const tryLater = () => {
    isSubscribed = false
  }
  const subscribeAll = () => void connection.subscribe(...channels).then(onFirst, tryLater)
  connection.on('ready', subscribeAll)
  connection.on('close', tryLater)
  connection.on('messageBuffer', (channel: Buffer, message: Buffer) => handler(channel.toString(), message))
  const looking = setInterval(() => {
    if (connection.status !== 'ready') return
    if (!isSubscribed) subscribeAll()
    else if (!(connection instanceof Cluster)) connection.ping().catch(tryLater)
  }, SOCKET_SILENT_MS_MAX)
  return {
    ready,
    stop() {
      clearInterval(looking)
      connection.disconnect()
    },
  }
}
