// `gelang import sdp`: klien as SDP lists them. Every row is taken whole or not at all, all of them in one transaction; the same file
// again changes nothing.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  beginSdpImport,
  insertSdpRows,
  readKnownSdp,
  readSdpPlaces,
  updateSdpRows,
} from '../../store/people/sdp-records.ts'
import { type Judged, judgeRow, SDP_OUTCOMES, type SdpOutcome } from '../sdp/compare.ts'
import { mapRow } from '../sdp/map-row.ts'
import { readMapping } from '../sdp/read-mapping.ts'
import { readTable } from '../sdp/read-table.ts'
import { asOwner } from './owner-work.ts'

type SdpOptions = { map: string; as: string; dryRun: boolean }
type Counts = Record<SdpOutcome, number>

class NotKept extends Error {
  override readonly name = 'NotKept'
}

/** Prints a line a row that is not as it was, then the counts. Gives false where rows are in conflict. */
export async function importSdpCommand(
  file: string,
  { map, as, dryRun }: SdpOptions,
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<boolean> {
  const startMs = performance.now()
  const mapping = readMapping(readFileSync(map, 'utf8'))
  const lines = await readTable(file, readFileSync(file), mapping)
  const judged: Judged[] = []
  try {
    await asOwner(env, 'import sdp', async (client) => {
      await beginSdpImport(client, as, `impor SDP ${basename(file).slice(0, 100)}`)
      const places = await readSdpPlaces(client)
      const mapped = lines.map((line) => ({ line: line.line, ...mapRow(line, mapping, places) }))
      const rows = mapped.flatMap((one) => (one.ok ? [one.row] : []))
      const known = await readKnownSdp(
        client,
        rows.map(({ sdpNumber }) => sdpNumber),
        rows.map(({ nik }) => nik),
      )
      const byNumber = new Map(known.flatMap((one) => (one.sdpNumber === undefined ? [] : [[one.sdpNumber, one]])))
      const byNik = new Map(known.map((one) => [one.nik, one]))
      const seen = new Set<string>()
      const nowMs = Date.now()
      for (const one of mapped)
        judged.push(
          one.ok
            ? judgeRow(one.line, one.row, byNumber, byNik, seen, nowMs)
            : { line: one.line, outcome: 'conflict', reason: one.reason },
        )
      if (dryRun) throw new NotKept()
      const fresh = judged.flatMap(({ outcome, row }) => (outcome === 'new' && row ? [row] : []))
      if (fresh.length > 0) await insertSdpRows(client, fresh)
      const changes = judged.flatMap(({ outcome, row, known: found, endsMs }) =>
        (outcome === 'changed' || outcome === 'ended') && row && found
          ? [{ n: found.n, row, ...(endsMs !== undefined && { endsMs }) }]
          : [],
      )
      if (changes.length > 0) await updateSdpRows(client, changes)
    })
  } catch (error) {
    if (!(error instanceof NotKept)) throw error
  }
  for (const { line, outcome, reason } of judged)
    if (outcome !== 'same' && outcome !== 'new') print(`line ${line}: ${outcome}: ${reason}`)
  const counts = countsOf(judged)
  print(SDP_OUTCOMES.map((outcome) => `${counts[outcome]} ${outcome}`).join(', '))
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  print(`${lines.length} rows in ${seconds} s, ${megabytes} MB; ${dryRun ? 'nothing was changed' : 'imported'}`)
  return counts.conflict === 0
}

function countsOf(judged: readonly Judged[]): Counts {
  const counts = Object.fromEntries(SDP_OUTCOMES.map((outcome) => [outcome, 0])) as Counts
  for (const { outcome } of judged) counts[outcome]++
  return counts
}
