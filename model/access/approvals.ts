// Who proposes and who approves, by what is proposed. Nobody approves what they proposed. The database holds the same table
// (`approval_rule`), and a test compares the two.
import type { Role } from './roles.ts'

export const PROPOSAL_KINDS = [
  'condition',
  'condition_avoided',
  'permit_short',
  'permit_out_of_town',
  'permit_abroad',
  'transfer',
  'accommodation',
  'suspend_alerts',
  'temporary_revocation',
  'prolong_supervision',
] as const
type ProposalKind = (typeof PROPOSAL_KINDS)[number]

type ApprovalRule = {
  proposes: readonly Role[]
  approves: readonly Role[]
  /** The approver of the receiving unit approves too. */
  bothUnits?: true
  /** Statutory clock, working days from the proposal. */
  workingDaysMax?: number
  /** The longest span that may be asked for. */
  hoursMax?: number
  /** Reported to these after it was approved. */
  reports?: readonly Role[]
}

const PK = ['pk', 'asisten_pk'] as const
/** Superiors propose too, where a PK is away; somebody else approves. */
const KEEPERS = [...PK, 'kasubsi', 'kepala_bapas'] as const

export const APPROVALS: Record<ProposalKind, ApprovalRule> = {
  condition: { proposes: KEEPERS, approves: ['kasubsi', 'kepala_bapas'] },
  condition_avoided: { proposes: KEEPERS, approves: ['kepala_bapas'] },
  permit_short: { proposes: KEEPERS, approves: ['kasubsi', 'kepala_bapas'], hoursMax: 24, reports: ['kepala_bapas'] },
  permit_out_of_town: { proposes: KEEPERS, approves: ['kepala_bapas'], workingDaysMax: 14 },
  permit_abroad: { proposes: KEEPERS, approves: ['kepala_bapas'], workingDaysMax: 14, hoursMax: 30 * 24 },
  transfer: { proposes: KEEPERS, approves: ['kepala_bapas'], bothUnits: true, workingDaysMax: 10 },
  accommodation: { proposes: KEEPERS, approves: ['kasubsi', 'kepala_bapas'] },
  suspend_alerts: { proposes: [...KEEPERS, 'operator'], approves: ['kasubsi', 'kepala_bapas'], hoursMax: 72 },
  temporary_revocation: { proposes: KEEPERS, approves: ['kepala_bapas'] },
  prolong_supervision: { proposes: [...KEEPERS, 'admin_ti'], approves: ['kasubsi', 'kepala_bapas'] },
}

export function mayPropose(role: Role, kind: ProposalKind): boolean {
  return APPROVALS[kind].proposes.includes(role)
}

/** Whether `approver` may decide a proposal of `kind` made by officer `proposerId`. */
export function mayApprove(
  approver: { officerId: string; role: Role },
  kind: ProposalKind,
  proposerId: string,
): boolean {
  return APPROVALS[kind].approves.includes(approver.role) && approver.officerId !== proposerId
}
