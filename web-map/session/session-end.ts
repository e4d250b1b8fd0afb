import { signal } from '@preact/signals'
import type { AlarmSound } from '../sound/alarm-sound.ts'

export const SESSION_END = { repeatMs: 30_000, soundsForMs: 15 * 60_000 }

/** From the end of a session no alert comes to this screen, which may be one that is only watched: it is said with sound. */
export class SessionEnd {
  /** When it ended; undefined while somebody is signed in. */
  readonly sinceMs = signal<number | undefined>(undefined)
  #sound: AlarmSound
  #sounds = false
  #lastMs = 0

  constructor(sound: AlarmSound) {
    this.#sound = sound
  }

  begin(nowMs: number, sounds: boolean): void {
    this.sinceMs.value = nowMs
    this.#sounds = sounds
    this.#lastMs = nowMs - SESSION_END.repeatMs
    this.remind(nowMs)
  }

  /** Sounds again for a quarter of an hour; an office that is empty by then need not hear it all night. */
  remind(nowMs: number): void {
    const sinceMs = this.sinceMs.value
    if (sinceMs === undefined || !this.#sounds || nowMs - sinceMs > SESSION_END.soundsForMs) return
    if (nowMs - this.#lastMs < SESSION_END.repeatMs) return
    if (this.#sound.play('ended')) this.#lastMs = nowMs
  }

  over(): void {
    this.sinceMs.value = undefined
  }
}
