// Everything that happened to an incident, in its order: what the engine concluded, what officers did and wrote, who was notified.
import type { IncidentAct, LoggedIncident } from './incident.ts'
import type { Level } from './sop-table.ts'

/** One recipient's copy of a notice. */
export type IncidentNotice = {
  kind: 'raised' | 'withdrawn' | 'escalated' | 'test'
  /** Of an escalation. */
  cause?: 'overdue' | 'unhandled' | 'officer'
  revision: number
  recipientId: string
  level: Level
  channel: string
  /** Written into the recipient's queue. */
  queuedMs: number
  /** The receiver's server accepted it. */
  acceptedMs?: number
  /** Every attempt failed; it is kept and tried again when notify starts anew. */
  failedMs?: number
}

/** A revision without its evidence: the timeline shows no place. */
export type RevisionFacts = Pick<
  LoggedIncident,
  'revision' | 'type' | 'severity' | 'startMs' | 'confirmedMs' | 'endMs' | 'late' | 'inferred' | 'signs' | 'withdrawn'
>

/** `atMs`: when it could be known here, was done, or was queued. */
export type TimelineEntry =
  | { kind: 'revision'; atMs: number; revision: RevisionFacts }
  | { kind: 'act'; atMs: number; act: IncidentAct }
  | { kind: 'notice'; atMs: number; notice: IncidentNotice }

export function timelineOf(parts: {
  revisions: readonly { incident: LoggedIncident; knownMs: number }[]
  acts: readonly IncidentAct[]
  notices: readonly IncidentNotice[]
}): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...parts.revisions.map(({ incident, knownMs }) => ({
      kind: 'revision' as const,
      atMs: knownMs,
      revision: factsOf(incident),
    })),
    ...parts.acts.map((act) => ({ kind: 'act' as const, atMs: act.atMs, act })),
    ...parts.notices.map((notice) => ({ kind: 'notice' as const, atMs: notice.queuedMs, notice })),
  ]
  return entries.sort((a, b) => a.atMs - b.atMs)
}

function factsOf(incident: LoggedIncident): RevisionFacts {
  const { revision, type, severity, startMs, confirmedMs, endMs, late, inferred, signs, withdrawn } = incident
  return {
    ...{ revision, type, severity, startMs, confirmedMs, late, inferred },
    ...(endMs === undefined ? {} : { endMs }),
    ...(signs === undefined ? {} : { signs }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
  }
}
