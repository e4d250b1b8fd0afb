// Lets a fleet live: every bracelet speaks at its own moments, keeps what it cannot send, and uploads it later.

import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { Clock } from '../model/observe.ts'
import type { DeviceReport } from '../model/report/report.ts'
import { type Bracelet, braceletOf } from './bracelet.ts'
import { wireOf } from './devices/all-devices.ts'
import { DatagramSocket } from './devices/datagram-socket.ts'
import { DeviceLink } from './devices/device-link.ts'
import type { WireForm, WireProtocol } from './devices/wire-device.ts'
import type { Fleet, FleetWearer } from './fleet-people.ts'
import { inOutage, type UnitOutage } from './outage.ts'
import { chanceAt } from './random.ts'
import { GatewaySender } from './send-gateway.ts'
import { sendOsmand } from './send-osmand.ts'

type FleetRunOptions = {
  fleet: Fleet
  clock: Clock
  osmandUrl: string
  gatewayUrl: string
  /** Ports on 127.0.0.1 of the protocols of real devices; needed for those that the fleet has. */
  wirePorts?: Partial<Record<WireProtocol, number>>
  udpPorts?: Partial<Record<WireProtocol, number>>
  mqttPort?: number
  /** Longest pauses before a bracelet asks again; absent: as long as real ones take. */
  patience?: { answerMs: number; retryMsMax: number }
  /** Reports are made from this moment on … */
  fromMs: number
  /** … until here; absent: until `stop`. */
  untilMs?: number
  /** So much of every life before `fromMs` is sent first, a report a minute, from memory; not of those who play a script. */
  historyMs?: number
  /** When the scripts begin, one after the other. */
  scriptsFromMs: number
  scriptSpacingMs?: number
  /** Scripts play so many times slower, for bracelets that report seldom. */
  scriptStretch?: number
  outage?: UnitOutage
  /** A report that was refused although the simulator believes it right. */
  onRefused(deviceId: string, reason: string): void
  /** A report got its positive answer. */
  onAnswered?(report: DeviceReport): void
  /** TCP took a report off a bracelet that is never answered. */
  onLeft?(report: DeviceReport): void
}

export type FleetCounts = { sent: number; answered: number; refused: number; pending: number }

type Living = {
  bracelet: Bracelet
  nextMs: number
  kept: DeviceReport[]
  queue: DeviceReport[]
  sending: boolean
  link: DeviceLink | undefined
}

const TICK_MS = 100
const SCRIPT_SPACING_MS = 200
/** So many begin one after the other, and then again from the first on. */
const SCRIPTS_APART = 20
/** From the beginning of the first script to that of the last, where no other spacing is asked for. */
export const SCRIPTS_BEGIN_WITHIN_MS = SCRIPT_SPACING_MS * SCRIPTS_APART
/** What a mobile network does to datagrams, as shares. */
const NETWORK = { lost: 0.03, doubled: 0.03, reordered: 0.03 }
const HISTORY_EVERY_MS = 60_000
const BACKLOG_REPORTS_PER_TICK = 400

export class FleetRun {
  readonly #options: FleetRunOptions
  readonly #living: Living[]
  readonly #gateways = new Map<string, GatewaySender>()
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #sent = 0
  #answeredOsmand = 0
  #refusedOsmand = 0
  #delivered = 0

  constructor(options: FleetRunOptions) {
    // One request under way for every bracelet, and each listens for the end.
    setMaxListeners(0, this.#stopped.signal)
    this.#options = options
    const spacingMs = options.scriptSpacingMs ?? SCRIPT_SPACING_MS
    const { outage } = options
    const struck = (bracelet: Bracelet) => (outage === undefined ? bracelet : inOutage(bracelet, outage))
    this.#living = options.fleet.wearers.map((wearer) => ({
      bracelet: struck(
        braceletOf(options.fleet.seed, wearer, {
          startMs: options.scriptsFromMs + (wearer.number % SCRIPTS_APART) * spacingMs,
          stretch: options.scriptStretch ?? 1,
        }),
      ),
      nextMs: firstMoment(options.fleet.seed, wearer, options.fromMs),
      kept: [],
      queue: [],
      sending: false,
      link: this.#linkOf(wearer),
    }))
    for (const gateway of options.fleet.gateways)
      this.#gateways.set(
        gateway.unitPath,
        new GatewaySender({ url: options.gatewayUrl, ...gateway }, options.onAnswered),
      )
  }

  start(): void {
    this.#sendHistory()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  get bracelets(): Bracelet[] {
    return this.#living.map(({ bracelet }) => bracelet)
  }

  counts(): FleetCounts {
    let answered = this.#answeredOsmand + this.#delivered
    let refused = this.#refusedOsmand
    for (const gateway of this.#gateways.values()) {
      answered += gateway.taken
      refused += gateway.refused
    }
    return { sent: this.#sent, answered, refused, pending: this.#sent - answered - refused }
  }

  /** Bracelets whose reports wait for an answer, with their number; a gateway's wait together. */
  waiting(): string[] {
    const ofLinks = this.#living.map(({ bracelet, queue, sending, link }) => {
      const { via, form = 'as usual', deviceId } = bracelet.wearer
      return [`${via} ${form} ${deviceId}`, link?.pending ?? queue.length + (sending ? 1 : 0)] as const
    })
    const ofGateways = [...this.#gateways].map(
      ([unitPath, gateway]) => [`gateway ${unitPath}`, gateway.pending] as const,
    )
    return [...ofLinks, ...ofGateways].filter(([, count]) => count > 0).map(([name, count]) => `${count} of ${name}`)
  }

  /**
   * No new reports; resolves when everything sent is answered. What was due by now (by `untilMs`) and what is kept in offline
   * bracelets goes out first.
   */
  async finish(): Promise<FleetCounts> {
    clearInterval(this.#timer)
    while (this.#tick() > 0);
    for (const living of this.#living) {
      living.link?.goOnline()
      this.#upload(living)
    }
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.drained()))
    await Promise.all(this.#living.map(({ link }) => link?.drained()))
    while (this.#living.some((living) => living.sending)) await new Promise((resolve) => setTimeout(resolve, 20))
    this.stop()
    return this.counts()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#stopped.abort()
    for (const gateway of this.#gateways.values()) gateway.close()
    for (const { link } of this.#living) link?.close()
  }

  #linkOf({ number, deviceId, secret, via, form, uploads, unitPath }: FleetWearer): DeviceLink | undefined {
    if ((via === 'osmand' || via === 'gateway') && form === undefined) return undefined
    const { fleet, patience, onAnswered, onLeft } = this.#options
    const port = this.#portOf(via, form)
    if (port === undefined)
      throw new Error(`the fleet has a ${via} bracelet, and there is no ${form ?? 'usual'} port for it`)
    const wire = wireOf(via, form)
    const gateway = fleet.gateways.find((each) => each.unitPath === unitPath)
    const seed = fleet.seed * 100_000 + number
    let dials = 0
    const overUdp = () =>
      new DatagramSocket(port, '127.0.0.1', { ...NETWORK, seed: seed + dials++ }) as unknown as Socket
    const notify = wire.acknowledges ? onAnswered : onLeft
    return new DeviceLink({
      wire,
      deviceId,
      secret: form === 'traccar' ? `${gateway!.gatewayId}:${gateway!.secret}` : secret,
      host: '127.0.0.1',
      port,
      seed,
      uploads,
      ...(form === 'udp' ? { dial: overUdp } : {}),
      ...(patience === undefined ? {} : { answerMs: patience.answerMs, reconnectMsMax: patience.retryMsMax }),
      onDelivered: (report) => {
        this.#delivered++
        notify?.(report)
      },
    })
  }

  #portOf(via: FleetWearer['via'], form: WireForm | undefined): number | undefined {
    const { wirePorts, udpPorts, mqttPort, osmandUrl, gatewayUrl } = this.#options
    if (via === 'osmand') return Number(new URL(osmandUrl).port)
    if (via === 'gateway') return Number(new URL(gatewayUrl).port)
    return form === 'mqtt' ? mqttPort : (form === 'udp' ? udpPorts : wirePorts)?.[via]
  }

  #sendHistory(): void {
    const { fromMs, historyMs = 0 } = this.#options
    for (const living of this.#living) {
      if (living.bracelet.wearer.script !== undefined) continue
      const firstMs = Math.ceil((fromMs - historyMs) / HISTORY_EVERY_MS) * HISTORY_EVERY_MS
      for (let timeMs = firstMs; timeMs < fromMs; timeMs += HISTORY_EVERY_MS)
        this.#give(living, { ...living.bracelet.reportAt(timeMs), archived: true })
    }
  }

  /** Gives how many reports were made. */
  #tick(): number {
    const nowMs = Math.min(this.#options.clock(), this.#options.untilMs ?? Number.POSITIVE_INFINITY)
    let budget = BACKLOG_REPORTS_PER_TICK
    const batches = new Map<string, DeviceReport[]>()
    for (const living of this.#living) {
      const { bracelet } = living
      for (; living.nextMs <= nowMs && budget > 0; living.nextMs += bracelet.wearer.intervalMs) {
        if (bracelet.muteAt(living.nextMs)) continue
        budget--
        const report = bracelet.reportAt(living.nextMs)
        const offline = bracelet.offlineAt(living.nextMs)
        if (living.link !== undefined) {
          if (offline) living.link.goOffline()
          else living.link.goOnline()
          this.#give(living, report)
        } else if (offline) living.kept.push({ ...report, archived: true })
        else {
          this.#upload(living, batches)
          this.#give(living, report, batches)
        }
      }
    }
    for (const [unitPath, reports] of batches) this.#gateways.get(unitPath)!.send(reports)
    return BACKLOG_REPORTS_PER_TICK - budget
  }

  /** Back on the network: what was kept goes out in the order this model prefers. */
  #upload(living: Living, batches?: Map<string, DeviceReport[]>): void {
    if (living.kept.length === 0) return
    if (living.bracelet.wearer.uploads === 'newest') living.kept.reverse()
    for (const report of living.kept.splice(0)) this.#give(living, report, batches)
  }

  #give(living: Living, report: DeviceReport, batches?: Map<string, DeviceReport[]>): void {
    this.#sent++
    const { wearer } = living.bracelet
    if (living.link !== undefined) living.link.say(report)
    else if (wearer.via === 'osmand') {
      living.queue.push(report)
      if (!living.sending) void this.#sendQueue(living)
    } else if (batches === undefined) this.#gateways.get(wearer.unitPath)!.send([report])
    else {
      const batch = batches.get(wearer.unitPath)
      if (batch === undefined) batches.set(wearer.unitPath, [report])
      else batch.push(report)
    }
  }

  async #sendQueue(living: Living): Promise<void> {
    living.sending = true
    const { deviceId, secret } = living.bracelet.wearer
    const { osmandUrl: url, patience } = this.#options
    const target = { url, deviceId, token: secret, ...(patience && { retryMsMax: patience.retryMsMax }) }
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
    for (let report = living.queue.shift(); report !== undefined; report = living.queue.shift()) {
      try {
        await sendOsmand(target, report, wait, this.#stopped.signal)
        this.#answeredOsmand++
        this.#options.onAnswered?.(report)
      } catch (error) {
        if (this.#stopped.signal.aborted) break
        if (!(error instanceof Error) || error.name !== 'NotTaken') throw error
        this.#refusedOsmand++
        this.#options.onRefused(deviceId, error.message)
      }
    }
    living.sending = false
  }
}

/** Each bracelet speaks at its own phase within the interval, the same in every run; devices' own protocols know whole seconds. */
function firstMoment(seed: number, wearer: FleetWearer, fromMs: number): number {
  const gridMs = wearer.via === 'osmand' || wearer.via === 'gateway' ? 1 : 1000
  const phaseMs = Math.floor((chanceAt(seed, wearer.number, 80) * wearer.intervalMs) / gridMs) * gridMs
  return Math.ceil((fromMs - phaseMs) / wearer.intervalMs) * wearer.intervalMs + phaseMs
}
