// Who may speak for which bracelet, in memory. Looked up for every report, so everything is ready to be compared.
import { Networks } from '../../model/networks.ts'
import type { DirectoryDevice, DirectoryGateway, DirectoryRecord } from '../../model/plan/directory.ts'
import { withModelSettings } from '../protocols/words/device-models.ts'
import { type Bucket, takeFrom } from './buckets.ts'

/** How far a bracelet has sent what it had stored (stored-reports.ts). */
export type Upload = {
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
  /** Of those who prove nothing. */
  upload?: Upload | undefined
  /** The sender last heard as this bracelet here, and when that was reported (watch-senders.ts). */
  lastSeen?: { sender: string; reportedMs: number } | undefined
}

type KnownGateway = { gateway: DirectoryGateway; secretSha256: Buffer }

export class Directory {
  #devices = new Map<string, KnownDevice>()
  #gateways = new Map<string, KnownGateway>()
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

  /** Puts a whole new directory in place of the old one, at once. */
  replaceAll(records: Iterable<DirectoryRecord>): void {
    this.#networks.clear()
    const devices = new Map<string, KnownDevice>()
    const gateways = new Map<string, KnownGateway>()
    for (const record of records)
      if (record.kind === 'device') devices.set(record.device.deviceId, this.#knownOf(record.device))
      else gateways.set(record.gateway.gatewayId, knownGatewayOf(record.gateway))
    this.#devices = devices
    this.#gateways = gateways
    this.#loaded = true
    this.#generation++
  }

  /** New or changed records, and those that are gone: by `device:<id>` or `gateway:<id>`, undefined = gone. */
  applyChanges(changed: Iterable<[field: string, record: DirectoryRecord | undefined]>): void {
    this.#generation++
    for (const [field, record] of changed)
      if (record === undefined) {
        const name = field.slice(field.indexOf(':') + 1)
        if (field.startsWith('device:')) this.#devices.delete(name)
        else this.#gateways.delete(name)
      } else if (record.kind === 'device') this.#devices.set(record.device.deviceId, this.#knownOf(record.device))
      else this.#gateways.set(record.gateway.gatewayId, knownGatewayOf(record.gateway))
  }

  #knownOf(device: DirectoryDevice): KnownDevice {
    const before = this.#devices.get(device.deviceId)
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
