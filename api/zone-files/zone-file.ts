import type { ZoneShape } from '../../model/plan/zone.ts'

/** What is odd about a zone and needs a look; it can be imported all the same. */
export type ZoneFileWarning = 'outside_indonesia'

export type ReadZone = {
  /** Place in the file, from 1. */
  feature: number
  name: string
  shape: ZoneShape
  vertices: number
  areaM2: number
  warnings: ZoneFileWarning[]
}

/** A feature that is no zone, and why. */
type RefusedFeature = { feature: number; name: string; reason: string }

export type ZoneFile = {
  zones: ReadZone[]
  refused: RefusedFeature[]
  /** Features that lie in Indonesia only when latitude and longitude are exchanged: read again with `swapAxes`. */
  swappedAxes: number
}

export type ZoneFileOptions = {
  /** Lines become corridors of this full width; without it they are refused. */
  corridorWidthM?: number
  /** Points become circles of this radius; without it they are refused. */
  circleRadiusM?: number
  /** Latitude and longitude are in the wrong order in the file: exchange them. */
  swapAxes?: boolean
}

/** The file as a whole cannot be read. `message` is for people. */
export class ZoneFileRefused extends Error {
  override readonly name = 'ZoneFileRefused'
}
