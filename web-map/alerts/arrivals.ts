import { signal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import type { Severity } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { nameOf, severityRank } from '../feed/incident-order.ts'
import { t } from '../i18n/language.ts'
import type { AlarmSound } from '../sound/alarm-sound.ts'

export const ARRIVAL = { flashMs: 8000, repeatKritisMs: 30_000, arrivedMax: 500 }

/** New alerts as an officer notices them: sound, flash, a sentence for the screen reader. */
export class Arrivals {
  /** When each alert arrived on this screen, for the flash. */
  readonly arrivedMs = signal<ReadonlyMap<string, number>>(new Map())
  readonly announcement = signal('')
  readonly soundAllowed = signal(false)
  #sound: AlarmSound
  #mutesInformation: () => boolean
  #lastKritisMs = 0

  constructor(sound: AlarmSound, mutesInformation: () => boolean) {
    this.#sound = sound
    this.#mutesInformation = mutesInformation
    sound.follow((allowed) => {
      this.soundAllowed.value = allowed
    })
  }

  /** Called from a click or a key: only then do browsers let sound out. `audibly` answers with a tap. */
  async allowSound(audibly: boolean): Promise<void> {
    if (this.soundAllowed.value) return
    this.soundAllowed.value = await this.#sound.allow()
    if (this.soundAllowed.value && audibly) this.#sound.play('informasi')
  }

  /** Many alerts at once sound once, as the gravest of them. */
  take(alerts: readonly IncidentView[], nowMs: number): void {
    if (alerts.length === 0) return
    const arrived = [...this.arrivedMs.value, ...alerts.map((alert) => [alert.id, nowMs] as const)]
    this.arrivedMs.value = new Map(arrived.slice(-ARRIVAL.arrivedMax))
    const worst = alerts.reduce((a, b) => (severityRank(b.severity) > severityRank(a.severity) ? b : a))
    this.announcement.value = t('alerts.arrived', {
      severity: t(`severity.${worst.severity}`),
      type: t(`type.${worst.type}`),
      name: nameOf(worst),
    })
    this.#play(worst.severity, nowMs)
  }

  /** Sounds again while a kritis alert that came in on this screen waits to be taken. */
  remind(incidents: Iterable<IncidentView>, nowMs: number): void {
    if (nowMs - this.#lastKritisMs < ARRIVAL.repeatKritisMs) return
    for (const incident of incidents) {
      if (incident.severity !== 'kritis' || incident.withdrawn || stageOf(incident) !== 'new') continue
      if (!this.arrivedMs.value.has(incident.id)) continue
      this.#play('kritis', nowMs)
      return
    }
  }

  #play(severity: Severity, nowMs: number): void {
    if (severity === 'informasi' && this.#mutesInformation()) return
    // One that could not be heard is no reminder: it sounds as soon as the browser lets it.
    if (this.#sound.play(severity) && severity === 'kritis') this.#lastKritisMs = nowMs
  }
}
