// What an import would change: new, changed, ended, in conflict; and what is only proposed.
import type { KnownSdp, SdpRow } from '../../store/people/sdp-records.ts'

export const SDP_OUTCOMES = ['new', 'same', 'changed', 'ended', 'proposed', 'conflict'] as const
export type SdpOutcome = (typeof SDP_OUTCOMES)[number]
export type Judged = {
  line: number
  outcome: SdpOutcome
  reason: string
  row?: SdpRow
  known?: KnownSdp
  endsMs?: number
}

/** Fields that a row may say anew; what it leaves empty stays as it is. */
const TOLD = [
  ...['name', 'sdpNumber', 'birthDate', 'address', 'domicile', 'phone', 'guarantorName', 'guarantorPhone'],
  ...['pkOfficerId', 'programme', 'skNumber', 'skDate', 'skIssuer'],
] as const

/** Judges one row against what is on file. `seen`: numbers of rows before it. */
export function judgeRow(
  line: number,
  row: SdpRow,
  byNumber: ReadonlyMap<string, KnownSdp>,
  byNik: ReadonlyMap<string, KnownSdp>,
  seen: Set<string>,
  nowMs: number,
): Judged {
  const twice = [`sdp ${row.sdpNumber}`, `nik ${row.nik}`].some((key) => seen.has(key))
  seen.add(`sdp ${row.sdpNumber}`).add(`nik ${row.nik}`)
  const conflict = (reason: string): Judged => ({ line, outcome: 'conflict', reason })
  if (twice) return conflict('the number or the NIK is in the file twice')
  const [numbered, person] = [byNumber.get(row.sdpNumber), byNik.get(row.nik)]
  if (numbered !== undefined && numbered.nik !== row.nik) return conflict('the number belongs to another NIK')
  if (person?.sdpNumber !== undefined && person.sdpNumber !== row.sdpNumber)
    return conflict(`the NIK is on file as ${person.sdpNumber}`)
  const known = numbered ?? person
  if (known === undefined) {
    if (row.endKind !== undefined || row.toMs <= nowMs)
      return { line, outcome: 'same', reason: 'over already, and never on file' }
    if (row.pkOfficerId === undefined) return conflict('no PK is named')
    return { line, outcome: 'new', reason: '', row }
  }
  if (known.unitPath !== row.unitPath) return conflict(`on file in ${known.unitPath}: a transfer (pelimpahan) moves it`)
  const ended = known.toMs <= nowMs
  const endsMs = row.endKind !== undefined ? nowMs : row.toMs
  const changed = TOLD.filter((field) => row[field] !== undefined && row[field] !== known[field])
  if (!ended && endsMs < known.toMs) {
    const reason = endsMs <= nowMs ? 'supervision ends now' : 'supervision ends earlier'
    return { line, outcome: 'ended', reason, row, known, endsMs: Math.max(endsMs, nowMs) }
  }
  if (ended && endsMs > nowMs) return conflict('the supervision has ended here: it is taken in anew by a person')
  if (!ended && endsMs > known.toMs)
    return { line, outcome: 'proposed', reason: 'a longer term is for Kasubsi or Kepala to decide', row, known }
  return changed.length === 0
    ? { line, outcome: 'same', reason: '' }
    : { line, outcome: 'changed', reason: changed.join(', '), row, known }
}
