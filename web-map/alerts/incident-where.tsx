import { useSignal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import { unitPathOf } from '../feed/incident-order.ts'
import { placeNear } from '../ground/near-place.ts'
import { t } from '../i18n/language.ts'
import { accuracyWords, coordinateWords, distanceWords } from '../i18n/measure-words.ts'
import { ageWords, momentWords } from '../i18n/time-words.ts'
import type { AlertsRoom } from './alerts.ts'
import { placeOfIncident } from './incident-place.ts'

type Point = { latDeg: number; lonDeg: number; timeMs: number; accuracyM: number | undefined }

/** Where it was, and where the klien is now: in words that can be read out. */
export function IncidentWhere({ room, incident }: { room: AlertsRoom; incident: IncidentView }) {
  const { desk } = room
  desk.versions.lists.value
  const there = placeOfIncident(incident)
  const bracelet = incident.wearer && desk.live.bracelets.get(incident.wearer.n)
  const timeZone = desk.timeZoneOf(unitPathOf(incident))
  if (!there && !bracelet) return <p class="hint">{t('incident.noPlace')}</p>
  return (
    <>
      {there && <Spot label={t('incident.there')} point={there} room={room} timeZone={timeZone} />}
      {bracelet && (
        <Spot
          label={t(bracelet.fixValid ? 'incident.now' : 'incident.lastKnown')}
          point={bracelet}
          room={room}
          timeZone={timeZone}
        />
      )}
    </>
  )
}

function Spot(props: { label: string; point: Point; room: AlertsRoom; timeZone: string }) {
  const { label, point, room, timeZone } = props
  const { latDeg, lonDeg, timeMs, accuracyM } = point
  const nowMs = room.desk.nowMs.value
  const near = placeNear(latDeg, lonDeg)
  const text = coordinateWords(latDeg, lonDeg)
  const copied = useSignal(false)
  const copy = () =>
    void navigator.clipboard?.writeText(text).then(
      () => (copied.value = true),
      () => (copied.value = false),
    )
  return (
    <dl class="spot">
      <dt>{label}</dt>
      <dd>
        <b class="coordinates">{text}</b>
        <small>
          {[momentWords(timeMs, nowMs, timeZone), ageWords(timeMs, nowMs), accuracyWords(accuracyM)].join(' · ')}
        </small>
        {near && (
          <small>
            {t('incident.near', {
              distance: distanceWords(near.distanceM),
              direction: t(`direction.${near.direction}`),
              place: near.name,
            })}
          </small>
        )}
        <span class="spot-acts">
          <button type="button" class="link" onClick={copy}>
            {t(copied.value ? 'incident.copied' : 'incident.copy')}
          </button>
          <a href={`geo:${latDeg.toFixed(6)},${lonDeg.toFixed(6)}?q=${latDeg.toFixed(6)},${lonDeg.toFixed(6)}`}>
            {t('incident.openMap')}
          </a>
        </span>
      </dd>
    </dl>
  )
}
