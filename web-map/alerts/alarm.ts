import { signal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import type { IncidentType, Severity } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { isOpen, severityRank } from '../feed/incident-order.ts'
import type { Preferences } from '../session/preferences.ts'
import type { AlarmSound, Alarm as SoundName } from '../sound/alarm-sound.ts'

/** How often what waits sounds again. A quarter of the time that an officer has, or less. */
export const REPEAT_MS = { kritis: 30_000, serius: 3 * 60_000, lost: 60_000 }
/** A feed that is back at once is nobody's concern. */
export const LOST_AFTER_MS = 5000
export const MUTE_MINUTES = [15, 30, 60] as const
/** Never muted. */
const ALWAYS_HEARD: ReadonlySet<IncidentType> = new Set(['strap_open', 'case_opened', 'sos'])

type SoundChoices = Pick<Preferences, 'muteInformation' | 'mutedUntilMs'>

/** Sound for what waits to be taken, for whichever officer and whenever it came; and for a lost feed. */
export class Alarm {
  readonly allowed = signal(false)
  #sound: AlarmSound
  #choices: SoundChoices
  #lastMs = { kritis: -Infinity, serius: -Infinity, lost: -Infinity }
  #lostSinceMs: number | undefined

  constructor(sound: AlarmSound, choices: SoundChoices) {
    this.#sound = sound
    this.#choices = choices
    sound.follow((allowed) => {
      this.allowed.value = allowed
    })
  }

  /** Called from a click or a key: only then do browsers let sound out. `audibly` answers with a tap. */
  async allow(audibly: boolean): Promise<void> {
    if (this.allowed.value) return
    this.allowed.value = await this.#sound.allow()
    if (this.allowed.value && audibly) this.#sound.play('informasi')
  }

  test(alarm: SoundName): void {
    this.#sound.test(alarm)
  }

  /** Somebody else sits down: what waits sounds at once. */
  begin(): void {
    this.#lastMs = { kritis: -Infinity, serius: -Infinity, lost: -Infinity }
    this.#lostSinceMs = undefined
  }

  /** Many alerts that come at once sound once, as the gravest of those that may be heard. */
  arrived(alerts: readonly IncidentView[], nowMs: number): void {
    const heard = this.#heard(alerts, nowMs).filter(
      ({ severity }) => severity !== 'informasi' || !this.#choices.muteInformation.value,
    )
    const worst = worstOf(heard)
    if (worst) this.#play(worst, nowMs)
  }

  /** Called every second with all that is known, and whether anything new can be known. */
  remind(incidents: Iterable<IncidentView>, feedLost: boolean, nowMs: number): void {
    this.#sound.stay()
    this.#lostSinceMs = feedLost ? (this.#lostSinceMs ?? nowMs) : undefined
    const due = (what: keyof typeof REPEAT_MS) => nowMs - this.#lastMs[what] >= REPEAT_MS[what]
    if (due('kritis') || due('serius')) {
      const waiting = this.#heard(incidents, nowMs).filter(waits)
      const worst = worstOf(waiting)
      if (worst && worst !== 'informasi' && due(worst)) {
        this.#play(worst, nowMs)
        return
      }
    }
    const lost = this.#lostSinceMs !== undefined && nowMs - this.#lostSinceMs >= LOST_AFTER_MS
    if (lost && due('lost') && !this.#muted(nowMs) && this.#sound.play('lost')) this.#lastMs.lost = nowMs
  }

  #heard(incidents: Iterable<IncidentView>, nowMs: number): IncidentView[] {
    const muted = this.#muted(nowMs)
    return [...incidents].filter(({ type }) => !muted || ALWAYS_HEARD.has(type))
  }

  #muted(nowMs: number): boolean {
    return nowMs < this.#choices.mutedUntilMs.value
  }

  #play(severity: Severity, nowMs: number): void {
    // One that could not be heard sounds as soon as the browser lets it.
    const heardMs = this.#sound.play(severity) ? nowMs : -Infinity
    if (severity !== 'informasi') this.#lastMs[severity] = heardMs
    if (severity === 'kritis') this.#lastMs.serius = heardMs
  }
}

function waits(incident: IncidentView): boolean {
  return incident.severity !== 'informasi' && isOpen(incident) && stageOf(incident) === 'new'
}

function worstOf(incidents: readonly IncidentView[]): Severity | undefined {
  let worst: Severity | undefined
  for (const { severity } of incidents)
    if (worst === undefined || severityRank(severity) > severityRank(worst)) worst = severity
  return worst
}
