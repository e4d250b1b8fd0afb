// What the console and the API exchange about units and officers.
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-admin.ts'

export type UnitDetail = Wire<typeof wire.unitDetailSchema>
export type OfficerView = Wire<typeof wire.officerSchema>
export type Invitation = Wire<typeof wire.invitationSchema>
