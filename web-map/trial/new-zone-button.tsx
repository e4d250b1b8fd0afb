import type { WearerDetail } from '../../model/console/console.ts'
import type { ConsoleState } from '../app/console-state.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import { NEW_ZONE } from './trial-draft.ts'

/** Opens the trial of a zone that does not exist yet, where the map is. */
export function NewZoneButton(props: { state: ConsoleState; detail: WearerDetail; timeZone: string }) {
  const { state, detail, timeZone } = props
  const place = state.mapCentre.value ?? detail.last
  return (
    <button
      type="button"
      class="quiet why"
      disabled={!place}
      data-returns={`trial ${NEW_ZONE.id}`}
      onClick={() => place && state.trial.openNew(t('trial.newZone'), place, detail.unitPath, timeZone)}
    >
      <Icon name="target" size={16} />
      {t('trial.openNew')}
    </button>
  )
}
