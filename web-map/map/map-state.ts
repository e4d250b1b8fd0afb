import { computed, signal } from '@preact/signals'
import type { WearerSummary } from '../../model/console/console.ts'
import type { Router } from '../address/router.ts'
import type { Desk } from '../feed/desk.ts'
import type { MapView } from '../ground/mercator.ts'
import type { Corners } from './corners.ts'
import { projectZone } from './project-zones.ts'
import type { MapTheme } from './theme.ts'
import type { Track } from './track-lines.ts'

/** Where the map should go; a new object each time, so that asking twice moves twice. */
type ViewRequest =
  | { kind: 'wearer'; n: number }
  | { kind: 'place'; latDeg: number; lonDeg: number }
  | { kind: 'corners'; corners: Corners; zoomMax: number; headPx?: number }
  | { kind: 'view'; view: string }
  | { kind: 'fit' }

/** What another room paints over the zones. `alone`: the track is left out and the other bracelets step back. */
export type Overlay = { paint(ctx: CanvasRenderingContext2D, view: MapView, theme: MapTheme): void; alone: boolean }

/** What the rooms above lay on the map; each is read anew when a signal that it reads changes. */
export type MapSources = {
  selected(): WearerSummary | undefined
  track(): Track | undefined
  /** Zones to emphasise. */
  emphasis(): ReadonlySet<string> | undefined
  overlays(): readonly Overlay[]
  /** A place is being chosen: the middle is marked. */
  choosesPlace(): boolean
}

/** What the parts of this room work with. */
export type MapRoom = { desk: Desk; router: Router; map: MapState }

export class MapState {
  readonly viewRequest = signal<ViewRequest | undefined>(undefined)
  /** Where the map is, as `zoom/latitude/longitude`; undefined before it has moved. */
  readonly view = signal<string | undefined>(undefined)
  readonly centre = signal<{ latDeg: number; lonDeg: number } | undefined>(undefined)
  readonly showZones = signal(true)
  /** How often the officer's own hand was on the map. */
  handCount = 0
  readonly zones = computed(() => this.#desk.zones.value.map(projectZone))
  #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }
}
