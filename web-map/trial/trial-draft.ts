import { NEW_ZONE_ID } from '../../model/console/addresses.ts'
import type { ConditionView, ZoneView } from '../../model/console/console.ts'
import type { TrialRequest } from '../../model/console/judgement.ts'
import type { WeeklyWindow } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'

/** A condition of the wearer as the officer would have it. */
export type TrialDraft = {
  /** Radius of a circle, width of a corridor; undefined where the zone's form cannot be changed here. */
  sizeM: number | undefined
  /** None: at all times. */
  windows: WeeklyWindow[]
  /** A breach counts once it has lasted this long. */
  confirmMinutes: number
  days: number
}

/** A zone that does not exist yet: a circle that the officer puts somewhere. */
export const NEW_ZONE = { id: NEW_ZONE_ID, radiusM: 200 } as const
export const NEW_ZONE_KINDS = ['avoided', 'required'] as const

export const TRIAL_DAYS = [7, 14, 30] as const
export const SIZE_M = { min: 10, max: 20_000 } as const
export const CONFIRM_MINUTES_MAX = 120
export const WINDOWS_MAX = 7

const EVENING: WeeklyWindow = { days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '05:00', exceptDates: [] }

/** The condition as it is now. */
export function draftOf({ windows = [] }: ConditionView, zone: ZoneView | undefined): TrialDraft {
  return { sizeM: sizeOf(zone?.shape), windows: [...windows], confirmMinutes: 0, days: 30 }
}

export function withWindow(
  { windows, ...draft }: TrialDraft,
  at: number,
  window: WeeklyWindow | undefined,
): TrialDraft {
  return { ...draft, windows: window ? windows.with(at, window) : windows.filter((_, i) => i !== at) }
}

export function withOneMore({ windows, ...draft }: TrialDraft): TrialDraft {
  return { ...draft, windows: [...windows, EVENING] }
}

/** The zone as it would be: its own shape where only the hours were changed. */
export function proposedShape(draft: TrialDraft, { shape }: ZoneView): ZoneShape {
  if (draft.sizeM === undefined) return shape
  if (shape.type === 'Circle') return { ...shape, radiusM: draft.sizeM }
  return shape.type === 'Corridor' ? { ...shape, widthM: draft.sizeM } : shape
}

/** The zone is another than the one that exists. */
export function isProposed({ sizeM }: TrialDraft, { id, shape }: ZoneView): boolean {
  return id === NEW_ZONE.id || sizeM !== sizeOf(shape)
}

export function requestOf(
  draft: TrialDraft,
  condition: ConditionView,
  zone: ZoneView | undefined,
  wearerId: string,
  reason: string,
): TrialRequest {
  const { kind, timeZone, zoneId } = condition
  return {
    wearerId,
    days: draft.days,
    zone: zone && isProposed(draft, zone) ? { shape: proposedShape(draft, zone) } : { id: zoneId },
    condition: {
      kind,
      timeZone,
      ...(draft.windows.length > 0 && { windows: draft.windows }),
      ...(draft.confirmMinutes > 0 && { parameters: { confirmMinMs: draft.confirmMinutes * 60_000 } }),
    },
    reason,
  }
}

function sizeOf(shape: ZoneShape | undefined): number | undefined {
  return shape?.type === 'Circle' ? shape.radiusM : shape?.type === 'Corridor' ? shape.widthM : undefined
}
