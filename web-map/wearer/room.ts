import type { AlertsRoom } from '../alerts/alerts.ts'
import type { MapRoom } from '../map/map-state.ts'
import type { Minutes } from './minutes.ts'
import type { WearerFile } from './wearer-file.ts'

/** What the parts of this room work with. */
export type WearerRoom = AlertsRoom & MapRoom & { file: WearerFile; minutes: Minutes }
