import { LEVELS } from '../../model/incident/sop-table.ts'
import { openChannels } from '../../notify/channels/open-channels.ts'
import { readWebhookSecrets } from '../../notify/channels/sign-webhook.ts'
import type { Recipient } from '../../notify/recipient.ts'
import { startNotify } from '../../notify/start-notify.ts'
import { openRuleAlarm } from '../../stream/publication/rule-alarm.ts'
import { connectQueueWorker } from '../../stream/redis/connect.ts'
import { noticeKeyOf } from '../process/notice-key.ts'
import type { Settings } from '../process/settings.ts'
import { channelSettingsOf } from './channel-settings.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

/** Notifies recipients of incidents. Without an address there is nobody to notify, and it says so. */
export async function startNotifyRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, log } = parts
  const recipients = recipientsOf(settings)
  if (settings.noticeKey === undefined)
    log.warn({}, 'GELANG_NOTICE_KEY is not set: only the addresses in the settings are notified')
  if (recipients.some(({ ways }) => ways.some((way) => way.channel === 'webhook' && way.secrets === undefined)))
    log.warn({}, 'GELANG_WEBHOOK_SECRET is not set: a receiver cannot distinguish our alerts from forged ones')
  const alarm = openRuleAlarm(log, parts.meter, () => performance.now())
  const notifying = startNotify({
    ...parts,
    alarm,
    openReader: parts.openRedis,
    openWorker: (name) => connectQueueWorker(parts.redisSettings, `gelang-${name}`, log),
    shardCount: settings.shardCount,
    leaseTtlMs: settings.leaseTtlMs,
    consoleUrl: settings.baseUrl ?? `http://${settings.apiHost ?? settings.host}:${settings.apiPort}`,
    recipients,
    deliver: openChannels(channelSettingsOf(settings)),
    ...(settings.noticeKey === undefined ? {} : { conceal: noticeKeyOf(settings.noticeKey) }),
  })
  return {
    notReady: async () => shardless(notifying, settings.shardCount),
    warning: () => [alarm.warning(), notifying.warning()].filter((said) => said !== undefined).join('; ') || undefined,
    stop: () => notifying.stop(),
  }
}

function recipientsOf({ webhookUrls, webhookSecrets }: Settings): Recipient[] {
  return LEVELS.flatMap((level): Recipient[] => {
    const address = webhookUrls[level]
    if (address === undefined) return []
    const secrets = webhookSecrets[level]
    const signed = secrets === undefined ? {} : { secrets: readWebhookSecrets(secrets, 'the secret of a webhook') }
    const way = { channel: 'webhook' as const, address, fromSettings: true as const, ...signed }
    return [{ id: level === 'petugas' ? 'operations' : level, level, ways: [way] }]
  })
}
