// What the SOP asks for in an incident of a type and severity, and who comes next.
import { INCIDENT_TYPES, type IncidentType, type Severity } from './incident.ts'
import { LEVELS, type Level, SOPS, type Sop } from './sop-table.ts'

export function sopOf({ type, severity }: { type: IncidentType; severity: Severity }): Sop {
  if (severity === 'informasi') return SOPS.read
  const { severity: usual, sop } = INCIDENT_TYPES[type]
  // What is graver than its type usually is has no more time than a cut strap.
  return severity === 'kritis' && usual !== 'kritis' ? { ...SOPS.tampering, steps: SOPS[sop].steps } : SOPS[sop]
}

/** The end of the incident stops its clocks. Where it does not, somebody must still say how it ended. */
export function endStops(severity: Severity): boolean {
  return severity !== 'kritis'
}

/** The level that is notified next while nobody takes the alert, and when after it could be known; undefined: nobody further. */
export function nextLevel(sop: Sop, acting: Level): Sop['next'][number] | undefined {
  return sop.next.find(({ level }) => LEVELS.indexOf(level) > LEVELS.indexOf(acting))
}
