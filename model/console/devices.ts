// What the console and the API exchange about gateways and quarantine.
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-devices.ts'

export type Gateway = Wire<typeof wire.gatewaySchema>
export type GatewaySecret = Wire<typeof wire.gatewaySecretSchema>
export type QuarantinedEntry = Wire<typeof wire.quarantinedSchema>
export type QuarantinedBytes = Wire<typeof wire.quarantinedBytesSchema>
