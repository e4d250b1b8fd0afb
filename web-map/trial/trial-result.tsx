import { useEffect, useRef } from 'preact/hooks'
import type { Incident } from '../../model/incident/incident.ts'
import { t } from '../i18n/language.ts'
import { countWords, decimalWords, distanceWords } from '../i18n/measure-words.ts'
import { durationWords, momentWords, spanWords } from '../i18n/time-words.ts'
import type { TrialRoom } from './room.ts'
import { placeOf } from './trial-places.ts'

/** What would have been raised: how many, how often, and each of them, numbered as on the map. */
export function TrialResult({ room, timeZone }: { room: TrialRoom; timeZone: string }) {
  const answer = room.trial.answer.value
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    const shown = section.current
    if (answer && shown) shown.closest('.panel-body')?.scrollTo({ top: shown.offsetTop })
  }, [answer])
  const tried = answer?.wearers[0]
  return (
    <section class="trial-result" ref={section} aria-label={t('trial.result')}>
      <p class="sr-only" role="status">
        {tried && t('trial.count', { count: countWords(tried.incidentCount) })}
      </p>
      {answer && tried && (
        <>
          <h3>{t('trial.result')}</h3>
          {tried.reports === 0 ? (
            <p class="problem">{t('trial.noReports')}</p>
          ) : (
            <p>
              <b>{t('trial.count', { count: countWords(tried.incidentCount) })}</b>{' '}
              {t('trial.rate', {
                rate: decimalWords(answer.perWearerDay, 2),
                reports: countWords(tried.reports),
              })}
            </p>
          )}
          {answer.smallerThanGuardM !== undefined && (
            <p class="problem">{t('trial.tooSmall', { distance: distanceWords(answer.smallerThanGuardM) })}</p>
          )}
          <ol>
            {tried.incidents.map((incident, i) => (
              <Would key={incident.id} room={room} incident={incident} index={i} timeZone={timeZone} />
            ))}
          </ol>
          {tried.incidentCount > tried.incidents.length && (
            <p class="hint">{t('trial.shownMax', { count: countWords(tried.incidents.length) })}</p>
          )}
          <p class="hint">{t('trial.alone')}</p>
        </>
      )}
    </section>
  )
}

function Would(props: { room: TrialRoom; incident: Incident; index: number; timeZone: string }) {
  const { room, incident, index, timeZone } = props
  const { startMs, endMs, depthM, type } = incident
  const nowMs = room.desk.nowMs.value
  const show = () => {
    room.trial.chosen.value = index
    const place = placeOf(incident)
    if (place) room.map.viewRequest.value = { kind: 'place', latDeg: place.latDeg, lonDeg: place.lonDeg }
  }
  return (
    <li class={room.trial.chosen.value === index ? 'pointed' : ''}>
      <i class="edge-number" aria-hidden="true">
        {index + 1}
      </i>
      <span>
        <button type="button" class="link" title={t('explain.onMap')} onClick={show}>
          {endMs === undefined
            ? t('alerts.since', { time: momentWords(startMs, nowMs, timeZone) })
            : spanWords(startMs, endMs, nowMs, timeZone)}
        </button>
        <small>
          {[
            t(`type.${type}`),
            endMs === undefined ? t('trial.stillOpen') : durationWords(endMs - startMs),
            depthM === undefined ? '' : t('alerts.depth', { distance: distanceWords(depthM) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
    </li>
  )
}
