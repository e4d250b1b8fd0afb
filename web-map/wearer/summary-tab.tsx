import type { ComponentChildren } from 'preact'
import type { WearerDetail } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { dateWords } from '../i18n/time-words.ts'
import { IncidentLines } from './incidents-tab.tsx'
import { LastReport } from './last-report.tsx'
import type { WearerRoom } from './room.ts'

const DAY_MS = 86_400_000

/** The wearer at a glance: last report, open alerts, supervision. */
export function SummaryTab({ room, detail }: { room: WearerRoom; detail: WearerDetail }) {
  const { desk, alerts } = room
  desk.versions.lists.value
  const nowMs = desk.nowMs.value
  const timeZone = desk.timeZoneOf(detail.unitPath)
  const incidents = alerts.open.value.filter((incident) => incident.wearer?.id === detail.id)
  const daysLeft = Math.ceil((detail.supervisionEndsMs - nowMs) / DAY_MS)
  return (
    <>
      <LastReport room={room} detail={detail} bracelet={desk.live.bracelets.get(detail.n)} timeZone={timeZone} />
      <h3>{t('panel.incidents')}</h3>
      {incidents.length === 0 && <p class="hint">{t('panel.noIncidents')}</p>}
      <IncidentLines room={room} incidents={incidents} timeZone={timeZone} />
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
