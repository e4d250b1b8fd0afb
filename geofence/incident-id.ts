import { hash } from 'node:crypto'
import type { IncidentType } from '../model/incident/incident.ts'

/** The report's content key as 16 hex digits, as in Evidence. */
export function contentKeyHex(hi: number, lo: number): string {
  return (hi >>> 0).toString(16).padStart(8, '0') + (lo >>> 0).toString(16).padStart(8, '0')
}

/** Where an incident begins by the clock and not by a report. */
export const EDGE_KEY = 'edge'

/**
 * The same wearer, rule, type and beginning give the same id. SHA-256 in the shape of a UUID (version 8, RFC 9562).
 * `startKey` is contentKeyHex of the report that began it, or EDGE_KEY.
 */
export function incidentId(
  wearerId: number,
  conditionId: string | undefined,
  type: IncidentType,
  startMs: number,
  startKey: string,
): string {
  const hex = hash('sha256', JSON.stringify([wearerId, conditionId ?? null, type, startMs, startKey]), 'hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
