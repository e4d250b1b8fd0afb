import type { WearerRoom } from '../wearer/room.ts'
import type { Explaining } from './explaining.ts'

/** What the parts of this room work with. */
export type ExplanationRoom = WearerRoom & { explaining: Explaining }
