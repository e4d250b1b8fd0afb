// Who and what a fleet is made of.
import type { Role } from '../model/access/roles.ts'
import type { ConditionKind, EvidenceParameters, WeeklyWindow } from '../model/plan/plan.ts'
import type { ZoneShape } from '../model/plan/zone.ts'
import type { WireForm, WireProtocol } from './devices/wire-device.ts'
import type { Place } from './place.ts'
import type { ScriptKind } from './script-kinds.ts'
import type { PROGRAMMES } from './towns.ts'

export type FleetZone = { key: string; name: string; unitPath: string; shape: ZoneShape }

export type FleetCondition = {
  kind: ConditionKind
  zoneKey: string
  windows?: WeeklyWindow[]
  parameters?: EvidenceParameters
  legalBasis: string
}

export type FleetWearer = {
  /** Number in the fleet; with the fleet's seed it decides the whole life. */
  number: number
  name: string
  nik: string
  unitPath: string
  pkNumber: number
  timeZone: string
  programme: (typeof PROGRAMMES)[number]
  skNumber: string
  deviceId: string
  secret: string
  via: 'osmand' | 'gateway' | WireProtocol
  form?: WireForm
  /** Uploads what it kept while offline oldest or newest first. */
  uploads: 'oldest' | 'newest'
  intervalMs: number
  home: Place
  work: Place
  mosque: Place
  market: Place
  gridDeg: number
  conditions: FleetCondition[]
  script?: ScriptKind
}

export type FleetUnit = { path: string; name: string; kind: 'ditjenpas' | 'kanwil' | 'bapas' | 'pos'; timeZone: string }
export type FleetGateway = {
  gatewayId: string
  unitPath: string
  secret: string
  /** Sends compact frames instead of JSON. */
  compact?: boolean
}
export type FleetOfficer = {
  username: string
  name: string
  role: Role
  unitPath: string
  pkNumber?: number
}

export type Fleet = {
  seed: number
  units: FleetUnit[]
  gateways: FleetGateway[]
  officers: FleetOfficer[]
  zones: FleetZone[]
  wearers: FleetWearer[]
}
