import type { IncidentView, UnitView, WearerSummary } from '../../model/console/console.ts'
import type { Severity } from '../../model/incident/incident.ts'
import { lifeOf, stageOf } from '../../model/incident/life.ts'
import { isOpen, unitPathOf } from '../feed/incident-order.ts'

/** What is open in a unit now: figures only, no names. */
export type UnitFigures = {
  path: string
  name: string
  wearers: number
  open: Record<Severity, number>
  untaken: number
  /** Absent where the server, who counts there, does not know. */
  overdue?: number
  /** Klien with an open incident. */
  concerned: number
}

type CountedHere = UnitFigures & { overdue: number }

const none = (path: string, name: string): CountedHere => ({
  ...{ path, name, wearers: 0, untaken: 0, overdue: 0, concerned: 0 },
  open: { kritis: 0, serius: 0, informasi: 0 },
})

/** Of each Bapas in sight, by name, and of all together; a unit within a Bapas counts to it. */
export function figuresOf(
  units: readonly UnitView[],
  wearers: Iterable<WearerSummary>,
  incidents: Iterable<IncidentView>,
  nowMs: number,
  allName: string,
): { units: CountedHere[]; all: CountedHere } {
  const bapas = units.filter(({ kind }) => kind === 'bapas')
  const counted = (bapas.length > 0 ? bapas : units).map(({ path, name }) => none(path, name))
  const all = none('', allName)
  const placesOf = (path: string) => [
    all,
    ...counted.filter((one) => path === one.path || path.startsWith(`${one.path}.`)),
  ]
  for (const { unitPath } of wearers) for (const figures of placesOf(unitPath)) figures.wearers++
  const concerned = new Set<number>()
  for (const incident of incidents) {
    if (!isOpen(incident)) continue
    const untaken = stageOf(incident) === 'new'
    const dueMs = lifeOf(incident).clock?.dueMs
    const first = incident.wearerId !== undefined && !concerned.has(incident.wearerId)
    if (incident.wearerId !== undefined) concerned.add(incident.wearerId)
    for (const figures of placesOf(unitPathOf(incident))) {
      figures.open[incident.severity]++
      figures.untaken += Number(untaken)
      figures.overdue += Number(dueMs !== undefined && dueMs < nowMs)
      figures.concerned += Number(first)
    }
  }
  counted.sort((a, b) => b.overdue - a.overdue || b.open.kritis - a.open.kritis || (a.name < b.name ? -1 : 1))
  return { units: counted, all }
}
