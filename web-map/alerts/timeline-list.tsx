import type { IncidentView } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import { momentWords } from '../i18n/time-words.ts'
import { type Happening, timelineOf } from './timeline.ts'

type Props = { incident: IncidentView; nowMs: number; timeZone: string }

/** What happened to an incident and what was done about it, every note of it. */
export function TimelineList({ incident, nowMs, timeZone }: Props) {
  return (
    <ol class="timeline">
      {timelineOf(incident).map((one, i) => (
        <li key={`${one.atMs} ${i}`} class={one.what}>
          <time>{momentWords(one.atMs, nowMs, timeZone)}</time>
          <span>
            <Words one={one} incident={incident} />
          </span>
        </li>
      ))}
    </ol>
  )
}

function Words({ one, incident }: { one: Happening; incident: IncidentView }) {
  switch (one.what) {
    case 'began':
      return <>{t('timeline.began', { type: t(`type.${incident.type}`) })}</>
    case 'confirmed':
      return (
        <>
          {t('timeline.confirmed')}
          {incident.depthM !== undefined && (
            <small>{t('timeline.depth', { distance: distanceWords(incident.depthM) })}</small>
          )}
        </>
      )
    case 'sign':
      return <>{t('timeline.sign', { number: one.number })}</>
    case 'ended':
      return <>{t('timeline.ended')}</>
    case 'act': {
      const { action, officerName, note, resolution, escalatedTo } = one.act
      return (
        <>
          <b>{t(`timeline.act.${action}`, { name: officerName })}</b>
          {resolution && <> {t(`resolution.${resolution}`)}</>}
          {escalatedTo && <> {t('timeline.escalatedTo', { level: t(`level.${escalatedTo.level}`) })}</>}
          {note && <q>{note}</q>}
        </>
      )
    }
  }
}
