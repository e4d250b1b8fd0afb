// May this sender speak for this bracelet? Every listener asks here, and nowhere else is it decided.
import { createHash, timingSafeEqual } from 'node:crypto'
import { plainAddress } from '../../model/networks.ts'
import { isWithinUnit } from '../../model/plan/directory.ts'
import type { RefusalReason } from '../../model/report/quarantine.ts'
import type { Protocol } from '../../model/report/report.ts'
import { isSecret } from '../credentials.ts'
import type { Directory, KnownDevice } from './directory.ts'
import type { TlsProof } from './tls-proof.ts'

/** How the bracelet was proven; `id`: not at all, the sender knows its number. */
export type Proof = 'secret' | 'certificate' | 'preshared_key' | 'network' | 'gateway' | 'id'

/** Everything that is known of the sender. */
export type Sender = {
  protocol: Protocol
  address?: string | undefined
  /** The connection, where it is one device's. */
  session?: string
  /** Each datagram is independent, and its source address can be forged: its reports are taken, and prove nothing. */
  isDatagram?: true
  tls?: TlsProof | undefined
  /** The secret that came along. */
  credential?: string | undefined
  /** The authentication code that was issued for the bracelet, where the protocol has one. */
  issuedCode?: string | undefined
  /** It asks for a code, and shows the terminal's own id, which is the bracelet's secret where one is registered. */
  registers?: true
  /** The bracelets that have shown their secret on this connection, or with this request, before. */
  proven?: ReadonlySet<string> | undefined
  /** A gateway that has shown its own secret. */
  gateway?: { gatewayId: string; unitPath: string } | undefined
}

/** Protocols over HTTP: anybody who can reach the port can send any id. */
const OVER_HTTP: ReadonlySet<Protocol> = new Set(['own', 'osmand', 'owntracks'])
/** Protocols in which a bracelet can show a secret. */
const CARRIES_SECRET: ReadonlySet<Protocol> = new Set(['own', 'osmand', 'owntracks', 'jt808', 'laipac'])
const NOBODYS_SHA256 = new Uint8Array(32)

/**
 * By what the sender is proven to be the bracelet, or why it may not speak for it. In this order: who, by which protocol, through
 * which transport, from which network, by which proof; whether it was revoked is said to nobody else.
 *
 * An unknown bracelet costs as much as a known one with a wrong secret.
 */
export function authorize(directory: Directory, sender: Sender, deviceId: string): Proof | RefusalReason {
  const known = directory.device(deviceId)
  if (sender.gateway !== undefined) return throughGateway(sender.gateway.unitPath, known)
  // A sender that has proven to be one bracelet does not learn whether another exists.
  if (sender.protocol === 'own' && sender.proven !== undefined && !sender.proven.has(deviceId)) return 'bad_credential'
  const isShown = showsSecret(sender, deviceId, known)
  if (known === undefined) return 'unknown_device'
  const { device } = known
  if (device.protocol !== undefined && device.protocol !== sender.protocol) return 'wrong_protocol'
  if (device.requiresTls && sender.tls === undefined) return 'wrong_protocol'
  if (known.networks !== undefined && !known.networks.has(sender.address)) return 'wrong_network'
  const shown = proofOf(sender, known, isShown)
  const proof = shown === undefined || sender.isDatagram === undefined ? shown : 'id'
  if (proof === undefined) return 'bad_credential'
  // Not registered for a protocol: what anybody on its network, or who knows its id, could say does not count.
  if (device.protocol === undefined && (proof === 'id' || proof === 'network')) return 'wrong_protocol'
  return device.revoked ? 'revoked_device' : proof
}

/** Distinguishes this sender from another that claims to be the same bracelet. */
export function nameOf({ protocol, address, gateway, session }: Sender): string {
  if (gateway !== undefined) return `gateway ${gateway.gatewayId}`
  return `${protocol} ${plainAddress(address) ?? ''}${session === undefined ? '' : ` ${session}`}`
}

export function isRefused(verdict: Proof | RefusalReason): verdict is RefusalReason {
  return !PROOFS.has(verdict)
}

const PROOFS: ReadonlySet<string> = new Set<Proof>([
  'secret',
  'certificate',
  'preshared_key',
  'network',
  'gateway',
  'id',
])

/** The reason as the sender hears it: nobody learns of another's bracelets, not even that they exist. */
export function saidReason(reason: RefusalReason): RefusalReason {
  return reason === 'unknown_device' || reason === 'wrong_protocol' ? 'not_of_this_gateway' : reason
}

/** A gateway speaks for bracelets of its unit that are registered to it, or that have no other way to speak. */
function throughGateway(unitPath: string, known: KnownDevice | undefined): Proof | RefusalReason {
  if (known === undefined) return 'unknown_device'
  const { device } = known
  if (!isWithinUnit(device.unitPath, unitPath)) return 'not_of_this_gateway'
  if (device.protocol !== 'gateway' && (device.protocol !== undefined || device.idSuffices || hasOwnCredential(known)))
    return 'wrong_protocol'
  return device.revoked ? 'revoked_device' : 'gateway'
}

function hasOwnCredential({ device, secretSha256 }: KnownDevice): boolean {
  return secretSha256 !== undefined || hasTlsCredential(device)
}

function hasTlsCredential(device: KnownDevice['device']): boolean {
  return device.certificateSha256 !== undefined || device.certificateCn !== undefined || device.presharedKey === true
}

function showsSecret(sender: Sender, deviceId: string, known: KnownDevice | undefined): boolean {
  if (sender.proven?.has(deviceId)) return true
  if (!CARRIES_SECRET.has(sender.protocol)) return false
  const { credential = '', issuedCode } = sender
  const isRegistered = isSecret(credential, known?.secretSha256 ?? NOBODYS_SHA256)
  return issuedCode === undefined ? isRegistered : isSameText(credential, issuedCode) || isRegistered
}

function proofOf(sender: Sender, { device, secretSha256 }: KnownDevice, isShown: boolean): Proof | undefined {
  const tlsProof = tlsProofOf(sender, device)
  if (hasTlsCredential(device) && tlsProof === undefined) return undefined
  if (secretSha256 !== undefined && CARRIES_SECRET.has(sender.protocol)) return isShown ? 'secret' : undefined
  if (tlsProof !== undefined) return tlsProof
  if (!device.idSuffices || OVER_HTTP.has(sender.protocol)) return undefined
  // The code was issued to the first sender that asked with this id: it is checked, and proves nothing.
  if (sender.protocol === 'jt808' && !isShown && !sender.registers && device.settings?.skipsAuthentication !== true)
    return undefined
  return device.networks === undefined ? 'id' : 'network'
}

function tlsProofOf({ tls }: Sender, device: KnownDevice['device']): Proof | undefined {
  if (tls === undefined) return undefined
  if (device.certificateSha256 !== undefined && tls.certificateSha256 === device.certificateSha256) return 'certificate'
  if (device.certificateCn !== undefined && tls.certificateCn === device.certificateCn) return 'certificate'
  return device.presharedKey === true && tls.presharedKeyOf === device.deviceId ? 'preshared_key' : undefined
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(a), digest(b))
}
