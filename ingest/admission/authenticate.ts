import type { IncomingHttpHeaders } from 'node:http'
import { bearerOf, isSecret } from '../credentials.ts'
import type { Sender } from '../own-api/take-json-reports.ts'
import type { Directory } from './directory.ts'

export type Authentication =
  | { ok: true; sender: Sender }
  | { ok: false; status: 401 | 403; code: 'bad_credential' | 'revoked_device'; deviceId?: string }

/**
 * Who sends: a gateway (`Bearer <gatewayId>:<secret>`) or a bracelet (`Bearer <secret>` and its id). One answer for an unknown
 * name and a wrong secret, so that nobody can ask who exists.
 */
export function authenticate(directory: Directory, headers: IncomingHttpHeaders, deviceId?: string): Authentication {
  const token = bearerOf(headers.authorization)
  if (token === undefined) return refused(deviceId)
  const colon = token.indexOf(':')
  const gateway = colon > 0 ? directory.gateway(token.slice(0, colon)) : undefined
  if (gateway !== undefined) {
    if (!isSecret(token.slice(colon + 1), gateway.secretSha256)) return refused()
    const { gatewayId, unitPath, revoked } = gateway.gateway
    if (revoked) return { ok: false, status: 403, code: 'revoked_device' }
    return { ok: true, sender: { kind: 'gateway', gatewayId, unitPath } }
  }
  const known = deviceId === undefined ? undefined : directory.device(deviceId)
  if (!isSecret(token, known?.secretSha256) || known === undefined) return refused(deviceId)
  if (known.device.revoked) return { ok: false, status: 403, code: 'revoked_device', deviceId: known.device.deviceId }
  return { ok: true, sender: { kind: 'device', deviceId: known.device.deviceId } }
}

function refused(deviceId?: string): Authentication {
  return { ok: false, status: 401, code: 'bad_credential', ...(deviceId === undefined ? {} : { deviceId }) }
}
