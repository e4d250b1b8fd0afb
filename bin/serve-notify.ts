import { startNotify } from '../notify/start-notify.ts'
import { connectQueueWorker } from '../stream/connect.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

/** Tells recipients about incidents. Without GELANG_WEBHOOK_URL there is nobody to tell, and it says so. */
export async function startNotifyRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, log } = parts
  if (settings.webhookUrl === undefined) {
    log.warn({}, 'GELANG_WEBHOOK_URL is not set: alerts reach the console only')
    return { notReady: async () => undefined, stop: async () => undefined }
  }
  const notifying = startNotify({
    ...parts,
    openReader: parts.openRedis,
    openWorker: (name) => connectQueueWorker(parts.redisSettings, `gelang-${name}`, log),
    shardCount: settings.shardCount,
    leaseTtlMs: settings.leaseTtlMs,
    consoleUrl: settings.baseUrl ?? `http://${settings.host}:${settings.apiPort}`,
    recipients: [{ id: 'operations', channel: 'webhook', address: settings.webhookUrl }],
  })
  return {
    notReady: async () => shardless(notifying, settings.shardCount),
    warning: notifying.warning,
    stop: () => notifying.stop(),
  }
}
