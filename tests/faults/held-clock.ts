// Simulated time for all processes of a run, read from a file: it stops until a fleet is to live, and stops again when it has.
import { renameSync, writeFileSync } from 'node:fs'
import { SPEED } from './world.ts'

/** What another process may have gone on for before it sees that the clock does not move; it must never go back. */
const OVERSHOOT_MS = 120_000

export class HeldClock {
  readonly path: string
  #realMs = 0
  #virtualMs = 0
  #speed = 0

  constructor(path: string, virtualMs: number) {
    this.path = path
    this.#set(virtualMs, 0)
  }

  nowMs(): number {
    return Math.floor(this.#virtualMs + (Date.now() - this.#realMs) * this.#speed)
  }

  runFrom(virtualMs: number): void {
    this.#set(virtualMs, SPEED)
  }

  hold(): void {
    this.#set(this.nowMs() + OVERSHOOT_MS, 0)
  }

  #set(virtualMs: number, speed: number): void {
    this.#realMs = Date.now()
    this.#virtualMs = virtualMs
    this.#speed = speed
    // Renamed, so that nobody reads half of it.
    writeFileSync(`${this.path}.new`, `${this.#realMs},${virtualMs},${speed}`)
    renameSync(`${this.path}.new`, this.path)
  }
}
