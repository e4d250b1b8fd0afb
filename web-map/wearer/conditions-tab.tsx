import type { ComponentChildren } from 'preact'
import type { ConditionView, WearerDetail } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { windowsWords } from '../i18n/window-words.ts'
import type { WearerRoom } from './room.ts'

type Props = {
  room: WearerRoom
  detail: WearerDetail
  /** What may be done with a condition, and below all of them. */
  conditionAct: (condition: ConditionView) => ComponentChildren
  conditionsAct: ComponentChildren
}

/** The wearer's conditions and permits, each with its legal basis. */
export function ConditionsTab({ room, detail, conditionAct, conditionsAct }: Props) {
  const { desk } = room
  const nowMs = desk.nowMs.value
  const timeZone = desk.timeZoneOf(detail.unitPath)
  return (
    <>
      <h3>{t('panel.conditions')}</h3>
      {detail.conditions.length === 0 && <p class="hint">{t('panel.noConditions')}</p>}
      <ul class="conditions">
        {detail.conditions.map((condition) => (
          <li key={condition.id} class={`zone-${condition.kind}`}>
            <b>
              {t(`kind.${condition.kind}`)}: {condition.zoneName}
            </b>
            {windowsWords(condition.windows, condition.timeZone).map((words) => (
              <span key={words}>{words}</span>
            ))}
            <small>{t('panel.legalBasis', { basis: condition.legalBasis })}</small>
            {conditionAct(condition)}
          </li>
        ))}
      </ul>
      {conditionsAct}
      {detail.permits.length > 0 && <h3>{t('panel.permits')}</h3>}
      <ul class="conditions">
        {detail.permits.map((permit) => (
          <li key={permit.id} class="permit">
            <span>
              {t('panel.permitSpan', {
                from: momentWords(permit.fromMs, nowMs, timeZone),
                to: momentWords(permit.toMs, nowMs, timeZone),
              })}
            </span>
            <small>{t('panel.legalBasis', { basis: permit.legalBasis })}</small>
          </li>
        ))}
      </ul>
    </>
  )
}
