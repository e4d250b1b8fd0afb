import { NEW_ZONE_ID } from '../../model/console/addresses.ts'
import type { ConditionView } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import type { TrialRoom } from './room.ts'

/** Leads to the trial of a changed condition. */
export function TryLink(props: { room: TrialRoom; wearerId: string; condition: ConditionView }) {
  const { room, wearerId, condition } = props
  return (
    <a
      class="why"
      data-returns={`trial ${condition.id}`}
      href={room.router.hrefOf({ page: 'trial', id: wearerId, conditionId: condition.id })}
    >
      {t('trial.open')}
      <span class="sr-only"> {condition.zoneName}</span>
    </a>
  )
}

/** Leads to the trial of a zone that does not exist yet, where the map is. */
export function NewZoneLink({ room, wearerId }: { room: TrialRoom; wearerId: string }) {
  return (
    <a
      class="why"
      data-returns={`trial ${NEW_ZONE_ID}`}
      href={room.router.hrefOf({ page: 'trial', id: wearerId, conditionId: NEW_ZONE_ID })}
    >
      <Icon name="target" size={16} />
      {t('trial.openNew')}
    </a>
  )
}
