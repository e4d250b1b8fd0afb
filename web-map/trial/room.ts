import type { WearerRoom } from '../wearer/room.ts'
import type { Trial } from './trial.ts'

/** What the parts of this room work with. */
export type TrialRoom = WearerRoom & { trial: Trial }
