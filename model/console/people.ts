// What the console and the API exchange about klien, bracelets and proposals.
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-people.ts'

export type WearerFile = Wire<typeof wire.wearerFileSchema>
export type NewWearer = Wire<typeof wire.newWearerSchema>
export type WearerVersion = Wire<typeof wire.wearerVersionSchema>
export type SupervisionEnd = Wire<typeof wire.supervisionEndSchema>
export type Bracelet = Wire<typeof wire.braceletSchema>
export type Worn = Wire<typeof wire.wornSchema>
export type NewProposal = Wire<typeof wire.newProposalSchema>
export type Proposal = Wire<typeof wire.proposalSchema>
export type Guide = Wire<typeof wire.guideSchema>
export type Access = Wire<typeof wire.accessSchema>
export type FittingRecord = Wire<typeof wire.fittingRecordSchema>
export type CustodyEntry = Wire<typeof wire.custodyEntrySchema>
export type Bench = Wire<typeof wire.benchSchema>
