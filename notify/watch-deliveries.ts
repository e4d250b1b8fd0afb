// Recipients that are not reached, for the operators: as metrics, and as a sentence beside the readiness, which it does not take away.

import { SOPS } from '../model/incident/sop-table.ts'
import { keepGoing } from '../model/keep-going.ts'
import type { Clock, Log, Meter } from '../model/observe.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import type { DeliveryQueue } from './deliver.ts'

type DeliveryWatch = {
  /** Undefined while every recipient is reached, or tried again for less than WARN_AFTER_MS only. */
  warning(): string | undefined
  stop(): Promise<void>
}

const COUNT_EVERY_MS = 5000
/** A kritis alert should have been taken by then. */
const WARN_AFTER_MS = SOPS.tampering.takenWithinMs

export function watchDeliveries(
  deliveries: DeliveryQueue,
  options: { clock: Clock; log: Log; meter: Meter; onFatal(error: unknown): void },
): DeliveryWatch {
  const { clock, log, meter } = options
  const pending = meter.gauge('gelang_notify_pending', 'Deliveries that no receiver has taken yet', ['recipient'])
  const failed = meter.gauge('gelang_notify_failed', 'Deliveries given up and kept', ['recipient'])
  const failing = meter.gauge('gelang_notify_failing_seconds', 'Since when every attempt has failed; 0 = reached', [
    'recipient',
  ])
  let givenUp: { recipientId: string; failed: number }[] = []
  const count = async (): Promise<void> => {
    const counts = await deliveries.counts()
    const since = deliveries.failing()
    for (const { recipientId: recipient, ...each } of counts) {
      pending.set(each.pending, { recipient })
      failed.set(each.failed, { recipient })
      failing.set((clock() - (since.get(recipient) ?? clock())) / 1000, { recipient })
    }
    givenUp = counts.filter((each) => each.failed > 0)
  }
  const counting = keepGoing({
    name: 'counting of deliveries',
    async turn() {
      await count()
      return COUNT_EVERY_MS
    },
    retries: isRedisAway,
    log,
    onFatal: options.onFatal,
  })
  return {
    warning() {
      const sentences = givenUp.map(({ recipientId, failed }) => `${failed} alerts to ${recipientId} were given up`)
      for (const [recipientId, sinceMs] of deliveries.failing()) {
        const forMs = clock() - sinceMs
        if (forMs >= WARN_AFTER_MS)
          sentences.push(`no alert has reached ${recipientId} for ${Math.floor(forMs / 60_000)} minutes`)
      }
      return sentences.join('; ') || undefined
    },
    stop: counting.stop,
  }
}
