import type { ConditionView, WearerDetail } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import type { TrialRoom } from './room.ts'
import { NEW_ZONE } from './trial-draft.ts'

/** Opens the trial of a changed condition. */
export function TryButton({ room, condition }: { room: TrialRoom; condition: ConditionView }) {
  return (
    <button
      type="button"
      class="quiet why"
      data-returns={`trial ${condition.id}`}
      onClick={() => room.trial.open(condition)}
    >
      {t('trial.open')}
      <span class="sr-only"> {condition.zoneName}</span>
    </button>
  )
}

/** Opens the trial of a zone that does not exist yet, where the map is. */
export function NewZoneButton({ room, detail }: { room: TrialRoom; detail: WearerDetail }) {
  const { desk, map, trial } = room
  const place = map.centre.value ?? detail.last
  const open = () =>
    place && trial.openNew(t('trial.newZone'), place, detail.unitPath, desk.timeZoneOf(detail.unitPath))
  return (
    <button type="button" class="quiet why" disabled={!place} data-returns={`trial ${NEW_ZONE.id}`} onClick={open}>
      <Icon name="target" size={16} />
      {t('trial.openNew')}
    </button>
  )
}
