import { t } from '../i18n/language.ts'
import { type Corners, cornersOfZone, cornersWithZone } from '../map/corners.ts'
import type { Overlay } from '../map/map-state.ts'
import { projectZone } from '../map/project-zones.ts'
import { paintTrial } from './paint-trial.ts'
import type { Trial } from './trial.ts'
import { isProposed, NEW_ZONE, proposedShape } from './trial-draft.ts'
import { placeOf } from './trial-places.ts'

/** The proposed zone and the incidents of its trial; undefined where nothing is tried. */
export function trialOverlay({ draft, zone, condition, answer, chosen }: Trial): Overlay | undefined {
  const proposed = draft.value
  const known = zone.value
  if (!proposed || !condition.value) return undefined
  const drawn =
    known &&
    projectZone({
      ...known,
      id: 'trial',
      name: isProposed(proposed, known) ? t('trial.proposed') : '',
      kind: condition.value.kind,
      shape: proposedShape(proposed, known),
    })
  const places = answer.value?.wearers[0]?.incidents.map(placeOf) ?? []
  const picture = { zone: drawn, places, chosen: chosen.value }
  return { paint: (ctx, view, theme) => paintTrial(ctx, view, picture, theme), alone: false }
}

/** What the map goes to: all of it when there is a result, before that a zone that exists. */
export function cornersOfTrial({ zone, answer }: Trial): Corners | undefined {
  const drawn = zone.value && projectZone(zone.value)
  const places = answer.value?.wearers[0]?.incidents.flatMap((incident) => placeOf(incident) ?? []) ?? []
  if (places.length > 0) return cornersWithZone(places, drawn)
  return drawn && drawn.id !== NEW_ZONE.id ? cornersOfZone(drawn) : undefined
}
