// What the engine derives from a stored track, apart from incidents. The schemas are in wire-judgement.ts.
import type { Incident } from '../incident/incident.ts'
import type { Condition } from '../plan/plan.ts'
import type { ZoneShape } from '../plan/zone.ts'
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-judgement.ts'

/** How one fix was weighed against the condition of an incident. */
export type Weighing = Wire<typeof wire.weighingSchema>
/** Why an incident is active. */
export type Explanation = Omit<Wire<typeof wire.explanationSchema>, 'incident' | 'same'> & { incident: Incident }
/** Of one condition and one local week. */
export type LedgerRow = Wire<typeof wire.ledgerRowSchema>

/** What is asked of the API for one wearer. */
export type TrialRequest = {
  wearerId: string
  days: number
  zone: { id: string } | { shape: ZoneShape }
  condition: Pick<Condition, 'kind' | 'timeZone' | 'windows' | 'parameters'>
  reason: string
}

/** What a proposed condition would have raised on one wearer. */
export type TriedWearer = Omit<Wire<typeof wire.triedWearerSchema>, 'incidents'> & { incidents: Incident[] }
export type BacktestAnswer = Omit<Wire<typeof wire.backtestSchema>, 'wearers'> & { wearers: TriedWearer[] }
