import type { Severity } from '../../model/incident/incident.ts'
import type { SoundTurn } from './sound-turn.ts'

/** An alert of a severity, the end of the session, or a feed that is lost. */
export type Alarm = Severity | 'ended' | 'lost'
export const ALARMS: readonly Alarm[] = ['kritis', 'serius', 'informasi', 'lost', 'ended']

/**
 * Notes of each alarm: frequency in Hz, start and length in seconds. Kritis rises twice, serius calls once, informasi taps; a lost
 * feed knocks low, the end of the session falls twice.
 */
const NOTES: Record<Alarm, readonly (readonly [hz: number, startS: number, lengthS: number])[]> = {
  kritis: [
    [880, 0, 0.14],
    [1175, 0.16, 0.14],
    [1568, 0.32, 0.2],
    [880, 0.66, 0.14],
    [1175, 0.82, 0.14],
    [1568, 0.98, 0.26],
  ],
  serius: [
    [659, 0, 0.18],
    [523, 0.22, 0.28],
  ],
  informasi: [[784, 0, 0.1]],
  lost: [
    [330, 0, 0.16],
    [330, 0.26, 0.16],
    [262, 0.52, 0.5],
  ],
  ended: [
    [784, 0, 0.2],
    [587, 0.22, 0.2],
    [392, 0.44, 0.4],
    [784, 1, 0.2],
    [587, 1.22, 0.2],
    [392, 1.44, 0.4],
  ],
}
const LOUDNESS: Record<Alarm, number> = { kritis: 0.32, serius: 0.2, informasi: 0.1, lost: 0.28, ended: 0.3 }

/**
 * Alarm tones through WebAudio. Browsers keep it silent until the officer has clicked once, and take it away again: a phone call,
 * a locked screen, a sound device unplugged. `allow` from a click brings it back.
 */
export class AlarmSound {
  #context: AudioContext | undefined
  #turn: Pick<SoundTurn, 'take'>
  #volume: () => number
  #onAllowed: (allowed: boolean) => void = () => undefined

  /** @param volume from 0 to 1 */
  constructor(turn: Pick<SoundTurn, 'take'>, volume: () => number) {
    this.#turn = turn
    this.#volume = volume
  }

  /** Calls back whenever the browser begins or ceases to allow sound. */
  follow(onAllowed: (allowed: boolean) => void): void {
    this.#onAllowed = onAllowed
  }

  /** True once the browser allows sound; this may take a while, and `follow` reports it as well. */
  async allow(): Promise<boolean> {
    if (!this.#context) {
      const context = new AudioContext()
      context.onstatechange = () => this.#onAllowed(context.state === 'running')
      this.#context = context
    }
    await this.#context.resume()
    return this.#context.state === 'running'
  }

  /** False where the browser lets no sound out. Another screen of the same officer may sound in place of this one. */
  play(alarm: Alarm): boolean {
    if (this.#context?.state !== 'running') return false
    if (this.#turn.take()) this.#sound(this.#context, alarm)
    return true
  }

  /** Heard in this tab, whichever tab's turn it is. */
  test(alarm: Alarm): void {
    if (this.#context?.state === 'running') this.#sound(this.#context, alarm)
  }

  /** Keeps the turn while this screen can sound. */
  stay(): void {
    if (this.#context?.state === 'running') this.#turn.take()
  }

  #sound(context: AudioContext, alarm: Alarm): void {
    for (const [hz, startS, lengthS] of NOTES[alarm]) {
      const from = context.currentTime + 0.02 + startS
      const tone = context.createOscillator()
      const gain = context.createGain()
      tone.type = alarm === 'kritis' ? 'square' : 'sine'
      tone.frequency.value = hz
      const peak = LOUDNESS[alarm] * this.#volume() * (tone.type === 'square' ? 0.5 : 1)
      gain.gain.setValueAtTime(0, from)
      gain.gain.linearRampToValueAtTime(peak, from + 0.015)
      gain.gain.setValueAtTime(peak, from + lengthS - 0.03)
      gain.gain.linearRampToValueAtTime(0, from + lengthS)
      tone.connect(gain).connect(context.destination)
      tone.start(from)
      tone.stop(from + lengthS + 0.02)
    }
  }
}
