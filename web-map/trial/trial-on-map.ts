import { cornersOfJudged, cornersOfZone } from '../explanation/judged-corners.ts'
import { t } from '../i18n/language.ts'
import type { Corners } from '../map/live-map.ts'
import type { TrialPicture } from '../map/paint-trial.ts'
import { projectZone } from '../map/project-zones.ts'
import type { Trial } from './trial.ts'
import { isProposed, NEW_ZONE, proposedShape } from './trial-draft.ts'
import { placeOf } from './trial-places.ts'

/** The proposed zone and the incidents of its trial; undefined where nothing is tried. */
export function trialPicture({ draft, zone, condition, answer, chosen }: Trial): TrialPicture | undefined {
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
  return { zone: drawn, places: answer.value?.wearers[0]?.incidents.map(placeOf) ?? [], chosen: chosen.value }
}

/** What the map goes to: all of it when there is a result, before that a zone that exists. */
export function cornersOfTrial({ zone, answer }: Trial): Corners | undefined {
  const drawn = zone.value && projectZone(zone.value)
  const places = answer.value?.wearers[0]?.incidents.flatMap((incident) => placeOf(incident) ?? []) ?? []
  if (places.length > 0) return cornersOfJudged(places, drawn)
  return drawn && drawn.id !== NEW_ZONE.id ? cornersOfZone(drawn) : undefined
}
