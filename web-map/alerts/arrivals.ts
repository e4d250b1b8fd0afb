import { signal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import { severityRank } from '../feed/incident-order.ts'
import { t } from '../i18n/language.ts'

export const ARRIVAL = { flashMs: 8000, arrivedMax: 500 }

/** New alerts as an officer notices them: a flash, and a sentence for the screen reader. */
export class Arrivals {
  /** When each alert arrived on this screen. */
  readonly arrivedMs = signal<ReadonlyMap<string, number>>(new Map())
  readonly announcement = signal('')
  #nameOf: (incident: IncidentView) => string

  constructor(nameOf: (incident: IncidentView) => string) {
    this.#nameOf = nameOf
  }

  /** Of many at once the gravest is announced. */
  take(alerts: readonly IncidentView[], nowMs: number): void {
    if (alerts.length === 0) return
    const arrived = [...this.arrivedMs.value, ...alerts.map((alert) => [alert.id, nowMs] as const)]
    this.arrivedMs.value = new Map(arrived.slice(-ARRIVAL.arrivedMax))
    const worst = alerts.reduce((a, b) => (severityRank(b.severity) > severityRank(a.severity) ? b : a))
    this.announcement.value = t('alerts.arrived', {
      severity: t(`severity.${worst.severity}`),
      type: t(`type.${worst.type}`),
      name: this.#nameOf(worst),
    })
  }
}
