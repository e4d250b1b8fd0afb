// A bracelet and a phone that go on reporting while others send garbage: each report must be answered, and soon.
import { setTimeout as delay } from 'node:timers/promises'
import { wireOf } from '../../simulators/devices/all-devices.ts'
import { DeviceLink } from '../../simulators/devices/device-link.ts'
import { device, idOnly, NOW_MS, SECRET } from '../ingest/ingest-fixture.ts'

const BRACELET = '860000009900001'
const PHONE = 'witness'
const EVERY_MS = 100
const TRIES_MAX = 3
export const WITNESS_RECORDS = [idOnly(BRACELET, 'gt06'), device(PHONE, { protocol: 'osmand' })]

export class Witness {
  answered = 0
  longestMs = 0
  connectionsLost = 0
  readonly problems: string[] = []
  readonly #link: DeviceLink
  readonly #osmandPort: number
  readonly #sentMs = new Map<number, number>()
  #ended = false
  #second = 0
  readonly #running: Promise<void>

  constructor(ports: { gt06: number; osmand: number }) {
    this.#osmandPort = ports.osmand
    this.#link = new DeviceLink({
      wire: wireOf('gt06'),
      deviceId: BRACELET,
      host: '127.0.0.1',
      port: ports.gt06,
      seed: 1,
      onDelivered: ({ timeMs }) => this.#heard(this.#sentMs.get(timeMs)!),
    })
    this.#running = this.#run()
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.#running
    await this.#link.drained()
    this.#link.close()
    if (this.#link.connections !== 1) this.problems.push(`the bracelet had to connect ${this.#link.connections} times`)
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const timeMs = NOW_MS - 86_400_000 + this.#second++ * 1000
      this.#sentMs.set(timeMs, performance.now())
      this.#link.say({
        deviceId: BRACELET,
        timeMs,
        latDeg: -6,
        lonDeg: 106,
        fixValid: true,
        alarms: [],
        archived: false,
      })
      const beganMs = performance.now()
      const url = `http://127.0.0.1:${this.#osmandPort}/?id=${PHONE}&token=${SECRET}&lat=-6&lon=106&timestamp=${timeMs}`
      const status = await this.#ask(url)
      if (status === 200) this.#heard(beganMs)
      else this.problems.push(`the phone was answered ${status}`)
      await delay(EVERY_MS)
    }
  }

  /** A kept connection may end in the moment in which it is used again: then the phone asks again, as phones do. */
  async #ask(url: string): Promise<number> {
    for (let tries = 1; ; tries++) {
      try {
        return (await fetch(url)).status
      } catch (error) {
        if (!(error instanceof TypeError) || tries >= TRIES_MAX) throw error
        this.connectionsLost++
      }
    }
  }

  #heard(sentMs: number): void {
    this.answered++
    this.longestMs = Math.max(this.longestMs, performance.now() - sentMs)
  }
}
