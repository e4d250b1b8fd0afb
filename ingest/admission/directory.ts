// Who may speak for which bracelet, in memory. Looked up for every report, so everything is ready to be compared.
import { Networks } from '../../model/networks.ts'
import type { DirectoryDevice, DirectoryGateway, DirectoryRecord } from '../../model/plan/directory.ts'
import { withModelSettings } from '../protocols/words/device-models.ts'
import { type Bucket, takeFrom } from './buckets.ts'
import type { LastRecord } from './repeated-record.ts'

/** How far a bracelet has sent what it had stored (stored-reports.ts). */
type Upload = {
  /** Connected since, or the last report from its memory. */
  sinceMs: number
  liveMs: number
  /** Everything before this has been sent. */
  flushedMs: number
  notedMs: number
}

/** A device with what ingest remembers of it. The token bucket lives here, so its memory is bounded by the directory. */
export type KnownDevice = Bucket & {
  device: DirectoryDevice
  secretSha256: Buffer | undefined
  /** Where it may speak from; undefined: from anywhere. */
  networks?: Networks | undefined
  /** The address that has spoken for it so far, and when it last did; of those who prove nothing (connections-by-id.ts). */
  usual?: { address: string; heardMs: number } | undefined
  /** repeated-record.ts */
  lastRecord?: LastRecord | undefined
  /** Of those who prove nothing. */
  upload?: Upload | undefined
  /** The sender last heard as this bracelet here, and when that was reported (watch-senders.ts). */
  lastSeen?: { sender: string; reportedMs: number } | undefined
}

type KnownGateway = { gateway: DirectoryGateway; secretSha256: Buffer }

export class Directory {
  #devices = new Map<string, KnownDevice>()
  #gateways = new Map<string, KnownGateway>()
  /** How many bracelets have a secret, by its SHA-256. */
  #secrets = new Map<string, number>()
  /** Shared: thousands of bracelets have the same ones. */
  readonly #networks = new Map<string, Networks>()
  #loaded = false
  #generation = 0

  /** False until it has been filled once; until then no device may be answered as unknown. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** Another number whenever anything in it may have changed. */
  get generation(): number {
    return this.#generation
  }

  get deviceCount(): number {
    return this.#devices.size
  }

  device(deviceId: string): KnownDevice | undefined {
    return this.#devices.get(deviceId)
  }

  gateway(gatewayId: string): KnownGateway | undefined {
    return this.#gateways.get(gatewayId)
  }

  /** Whether any bracelet has a secret with this SHA-256, in hex. */
  hasSecret(sha256: string): boolean {
    return this.#secrets.has(sha256)
  }

  /** Puts a whole new directory in place of the old one, at once. */
  replaceAll(records: Iterable<DirectoryRecord>): void {
    this.#networks.clear()
    const before = this.#devices
    this.#devices = new Map()
    this.#gateways = new Map()
    this.#secrets = new Map()
    for (const record of records) this.#put(record, before)
    this.#loaded = true
    this.#generation++
  }

  /** New or changed records, and those that are gone: by `device:<id>` or `gateway:<id>`, undefined = gone. */
  applyChanges(changed: Iterable<[field: string, record: DirectoryRecord | undefined]>): void {
    this.#generation++
    for (const [field, record] of changed)
      if (record !== undefined) this.#put(record, this.#devices)
      else if (field.startsWith('device:')) this.#remove(field.slice('device:'.length))
      else this.#gateways.delete(field.slice(field.indexOf(':') + 1))
  }

  #put(record: DirectoryRecord, before: ReadonlyMap<string, KnownDevice>): void {
    if (record.kind === 'gateway') {
      this.#gateways.set(record.gateway.gatewayId, knownGatewayOf(record.gateway))
      return
    }
    const { device } = record
    const known = this.#knownOf(device, before.get(device.deviceId))
    this.#remove(device.deviceId)
    this.#devices.set(device.deviceId, known)
    if (device.secretSha256 !== undefined) this.#countSecret(device.secretSha256, 1)
  }

  #remove(deviceId: string): void {
    const secret = this.#devices.get(deviceId)?.device.secretSha256
    if (secret !== undefined) this.#countSecret(secret, -1)
    this.#devices.delete(deviceId)
  }

  #countSecret(sha256: string, by: 1 | -1): void {
    const count = (this.#secrets.get(sha256) ?? 0) + by
    if (count > 0) this.#secrets.set(sha256, count)
    else this.#secrets.delete(sha256)
  }

  #knownOf(device: DirectoryDevice, before: KnownDevice | undefined): KnownDevice {
    return {
      device: withModelSettings(device),
      secretSha256: device.secretSha256 === undefined ? undefined : Buffer.from(device.secretSha256, 'hex'),
      networks: device.networks && this.#networksOf(device.networks),
      tokens: before?.tokens ?? Number.POSITIVE_INFINITY,
      tokensMs: before?.tokensMs ?? 0,
      lastSeen: before?.lastSeen,
      usual: before?.usual,
      upload: before?.upload,
    }
  }

  #networksOf(cidrs: string[]): Networks {
    const name = cidrs.join(' ')
    let networks = this.#networks.get(name)
    if (networks === undefined) {
      networks = new Networks(cidrs)
      this.#networks.set(name, networks)
    }
    return networks
  }
}

function knownGatewayOf(gateway: DirectoryGateway): KnownGateway {
  return { gateway, secretSha256: Buffer.from(gateway.secretSha256, 'hex') }
}

type DeviceRate = { deviceReportsPerSecond: number; deviceBurstReports: number }

/** Takes `reports` out of a bracelet's, or a connection's, bucket, even into debt; gives the ms until it is even again. */
export function takeTokens(bucket: Bucket, reports: number, nowMs: number, limits: DeviceRate): number {
  return takeFrom(bucket, reports, nowMs, {
    perSecond: limits.deviceReportsPerSecond,
    burst: limits.deviceBurstReports,
  })
}

/** True when the device may send `reports` now; takes them out of its bucket only then. */
export function tryTokens(bucket: Bucket, reports: number, nowMs: number, limits: DeviceRate): boolean {
  if (takeTokens(bucket, reports, nowMs, limits) === 0) return true
  bucket.tokens += reports
  return false
}
