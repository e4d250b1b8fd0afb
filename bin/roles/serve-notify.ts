import { LEVELS } from '../../model/incident/sop-table.ts'
import type { Recipient } from '../../notify/alert.ts'
import { readWebhookSecrets } from '../../notify/sign-webhook.ts'
import { startNotify } from '../../notify/start-notify.ts'
import { announceRecipients } from '../../stream/logs/notified.ts'
import { connectQueueWorker } from '../../stream/redis/connect.ts'
import type { Settings } from '../process/settings.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

/** Notifies recipients of incidents. Without an address there is nobody to notify, and it says so. */
export async function startNotifyRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, log } = parts
  const recipients = recipientsOf(settings)
  if (!recipients.some(({ level }) => level === 'petugas'))
    log.warn({}, 'GELANG_WEBHOOK_URL is not set: alerts reach the console only')
  if (!recipients.some(({ level }) => level !== 'petugas'))
    log.warn({}, 'no address above the first level is set: an untaken alert reaches no Kasubsi and no Kepala Bapas')
  if (recipients.some(({ secrets }) => secrets === undefined))
    log.warn({}, 'GELANG_WEBHOOK_SECRET is not set: a receiver cannot distinguish our alerts from forged ones')
  if (recipients.length === 0) await announceRecipients(parts.redis, parts.keys, [])
  if (recipients.length === 0) return { notReady: async () => undefined, stop: async () => undefined }
  const notifying = startNotify({
    ...parts,
    openReader: parts.openRedis,
    openWorker: (name) => connectQueueWorker(parts.redisSettings, `gelang-${name}`, log),
    shardCount: settings.shardCount,
    leaseTtlMs: settings.leaseTtlMs,
    consoleUrl: settings.baseUrl ?? `http://${settings.apiHost ?? settings.host}:${settings.apiPort}`,
    recipients,
  })
  return {
    notReady: async () => shardless(notifying, settings.shardCount),
    warning: notifying.warning,
    stop: () => notifying.stop(),
  }
}

function recipientsOf({ webhookUrls, webhookSecrets }: Settings): Recipient[] {
  return LEVELS.flatMap((level) => {
    const address = webhookUrls[level]
    if (address === undefined) return []
    const secrets = webhookSecrets[level]
    const signed = secrets === undefined ? {} : { secrets: readWebhookSecrets(secrets, 'the secret of a webhook') }
    return [{ id: level === 'petugas' ? 'operations' : level, level, channel: 'webhook', address, ...signed }]
  })
}
