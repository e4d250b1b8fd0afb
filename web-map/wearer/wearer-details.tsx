import type { ComponentChildren } from 'preact'
import type { ConditionView, WearerDetail, WearerIncidentView } from '../../model/console/console.ts'
import { PanelIncidents } from '../alerts/panel-incidents.tsx'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { dateWords, momentWords } from '../i18n/time-words.ts'
import { windowsWords } from '../i18n/window-words.ts'
import type { WearerRoom } from './room.ts'
import { LastReport, LedgerSwitch, TrackSwitch } from './wearer-facts.tsx'

const DAY_MS = 86_400_000

type Props = {
  room: WearerRoom
  detail: WearerDetail
  onExplain: (incident: WearerIncidentView) => void
  /** What may be done with a condition, and below all of them. */
  conditionAct: (condition: ConditionView) => ComponentChildren
  conditionsAct: ComponentChildren
}

/** The wearer's file: last report, alerts, conditions, permits, supervision. */
export function WearerDetails({ room, detail, onExplain, conditionAct, conditionsAct }: Props) {
  const { desk, alerts } = room
  desk.versions.lists.value
  const bracelet = desk.live.bracelets.get(detail.n)
  const nowMs = desk.nowMs.value
  const timeZone = desk.timeZoneOf(detail.unitPath)
  const incidents = alerts.open.value.filter((incident) => incident.wearer?.id === detail.id)
  const daysLeft = Math.ceil((detail.supervisionEndsMs - nowMs) / DAY_MS)
  return (
    <>
      <LastReport room={room} detail={detail} bracelet={bracelet} timeZone={timeZone} />
      <TrackSwitch room={room} />
      <PanelIncidents room={room} incidents={incidents} timeZone={timeZone} onExplain={onExplain} />
      <LedgerSwitch room={room} timeZone={timeZone} />
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
      <h3>{t('panel.section.supervision')}</h3>
      <dl>
        <Row term={t('panel.programme')}>{programmeWords(detail.programme)}</Row>
        <Row term={t('panel.sk')}>{detail.skNumber}</Row>
        <Row term={t('panel.supervision')}>
          {t('panel.supervisionSpan', {
            from: dateWords(detail.supervisionBeginsMs, timeZone),
            to: dateWords(detail.supervisionEndsMs, timeZone),
          })}
          <small>{daysLeft > 0 ? t('panel.daysLeft', { days: countWords(daysLeft) }) : t('panel.ended')}</small>
        </Row>
        <Row term={t('panel.pk')}>{detail.pkName}</Row>
        <Row term={t('panel.nik')}>{detail.nikMasked}</Row>
        <Row term={t('panel.bracelet')}>
          {detail.bracelet
            ? t('panel.braceletSince', {
                device: detail.bracelet.deviceId,
                model: detail.bracelet.model,
                date: dateWords(detail.bracelet.sinceMs, timeZone),
              })
            : t('panel.noBracelet')}
        </Row>
      </dl>
    </>
  )
}

function Row({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}
