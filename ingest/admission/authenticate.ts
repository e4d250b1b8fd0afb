import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { bearerOf, isSecret } from '../credentials.ts'
import { authorize, isRefused, type Sender } from './authorize.ts'
import type { Directory } from './directory.ts'
import { tlsOf } from './tls-proof.ts'

type Authentication = { ok: true; sender: Sender; name: `device:${string}` | `gateway:${string}` } | RefusedSender

type RefusedSender = {
  ok: false
  status: 401 | 403
  code: 'bad_credential' | 'revoked_device'
  /** The bracelet or gateway that it named. */
  deviceId?: string
  gatewayId?: string
}

const NOBODYS_SHA256 = new Uint8Array(32)

/**
 * Who sends in our own words: a gateway (`Bearer <gatewayId>:<secret>`) or a bracelet (`Bearer <secret>` and its id). One answer
 * for an unknown name, a wrong secret and a bracelet that may not speak here, so that nobody can ask who exists.
 */
export function authenticate(
  directory: Directory,
  headers: IncomingHttpHeaders,
  socket: { remoteAddress?: string | undefined },
  deviceId?: string,
): Authentication {
  const { remoteAddress: address } = socket
  const tls = tlsOf(socket)
  const token = bearerOf(headers.authorization)
  if (token === undefined) return refused(deviceId)
  const colon = token.indexOf(':')
  const gateway = colon > 0 ? directory.gateway(token.slice(0, colon)) : undefined
  if (colon > 0) {
    const isKnown = isSecret(token.slice(colon + 1), gateway?.secretSha256 ?? NOBODYS_SHA256)
    if (gateway !== undefined) {
      if (!isKnown) return { ...refused(), gatewayId: gateway.gateway.gatewayId }
      const { gatewayId, unitPath, revoked } = gateway.gateway
      if (revoked) return { ok: false, status: 403, code: 'revoked_device' }
      return {
        ok: true,
        name: `gateway:${gatewayId}`,
        sender: { protocol: 'gateway', address, gateway: { gatewayId, unitPath } },
      }
    }
  }
  if (deviceId === undefined) return refused()
  const verdict = authorize(directory, { protocol: 'own', address, tls, credential: token }, deviceId)
  if (verdict === 'revoked_device') return { ok: false, status: 403, code: verdict, deviceId }
  if (isRefused(verdict)) return refused(deviceId)
  return {
    ok: true,
    name: `device:${deviceId}`,
    sender: { protocol: 'own', address, tls, proven: new Set([deviceId]) },
  }
}

/** Whether the token is the secret of any bracelet; whose it is only the body may say. */
export function knowsSecret(directory: Directory, headers: IncomingHttpHeaders): boolean {
  const token = bearerOf(headers.authorization)
  return token !== undefined && directory.hasSecret(createHash('sha256').update(token, 'utf8').digest('hex'))
}

function refused(deviceId?: string): RefusedSender {
  return { ok: false, status: 401, code: 'bad_credential', ...(deviceId === undefined ? {} : { deviceId }) }
}
