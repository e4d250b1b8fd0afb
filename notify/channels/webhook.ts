// A call of somebody's own program: the alert as JSON, signed by Standard Webhooks.
import type { WayOf } from '../../model/notice/recipient.ts'
import type { Channel } from './channel.ts'
import { post } from './post.ts'
import { REACHABLE_ALL, type Reachable } from './reachable.ts'
import { signatureHeaders } from './sign-webhook.ts'

export function webhook(reachable: Reachable): Channel<WayOf<'webhook'>> {
  return async ({ alert, text }, { address, secrets = [], fromSettings }, { deliveryId, atMs, timeoutMs }) => {
    const body = JSON.stringify({ ...alert, text })
    await post({
      url: new URL(address),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': deliveryId,
        ...signatureHeaders(secrets, { id: deliveryId, atMs, body }),
      },
      body,
      timeoutMs,
      reachable: fromSettings ? REACHABLE_ALL : reachable,
    })
  }
}
