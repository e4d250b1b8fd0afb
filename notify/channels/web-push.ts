// Web Push (RFC 8030): a notice on an officer's telephone or desk although no page is open. `web-push` encrypts it (RFC 8291), so that
// the push service cannot read it, and signs as this server (VAPID, RFC 8292).
import { createHash } from 'node:crypto'
import webPush from 'web-push'
import type { WayOf } from '../../model/notice/recipient.ts'
import type { Channel } from './channel.ts'
import { post } from './post.ts'
import type { Reachable } from './reachable.ts'

export type VapidKeys = { publicKey: string; privateKey: string; contact: string }

/** A push service keeps a notice so long for a telephone that is off. */
const KEPT_SECONDS = 86_400
/** A topic has at most 32 characters; a newer notice of the same matter takes the place of one that waits. */
const TOPIC_CHARS = 32

export function webPushChannel(vapid: VapidKeys, reachable: Reachable): Channel<WayOf<'web_push'>> {
  const { publicKey, privateKey, contact } = vapid
  return async ({ alert, text, language }, { address, p256dh, auth }, { deliveryId, timeoutMs }) => {
    const topic = createHash('sha256').update(alert.reference).digest('base64url').slice(0, TOPIC_CHARS)
    const payload = JSON.stringify({
      id: deliveryId,
      reference: alert.reference,
      severity: alert.severity,
      kind: alert.kind,
      text: text[language],
      link: alert.link,
    })
    const { endpoint, headers, body } = webPush.generateRequestDetails(
      { endpoint: address, keys: { p256dh, auth } },
      payload,
      {
        vapidDetails: { subject: contact, publicKey, privateKey },
        TTL: KEPT_SECONDS,
        urgency: alert.severity === 'informasi' ? 'normal' : 'high',
        topic,
      },
    )
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    // 404 and 410: the browser has ended the subscription.
    await post({ url: new URL(endpoint), headers: given, body: body as Buffer, timeoutMs, reachable })
  }
}
