import type { IncidentView } from '../../model/console/console.ts'
import type { Evidence, IncidentAct } from '../../model/incident/incident.ts'
import { t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import { momentWords } from '../i18n/time-words.ts'

/** One thing that happened to an incident. */
type Happening =
  | { atMs: number; what: 'began' | 'confirmed' | 'ended' }
  | { atMs: number; what: 'sign'; number: number }
  | { atMs: number; what: 'act'; act: IncidentAct }

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

/** Everything that is known to have happened, oldest first: what the engine found, each sign of the device, every act. */
function timelineOf(incident: IncidentView): Happening[] {
  const happenings: Happening[] = [{ atMs: incident.startMs, what: 'began' }]
  if (incident.confirmedMs !== incident.startMs) happenings.push({ atMs: incident.confirmedMs, what: 'confirmed' })
  for (const [i, sign] of occurrencesOf(incident).entries())
    happenings.push({ atMs: sign.timeMs, what: 'sign', number: i + 2 })
  if (incident.endMs !== undefined) happenings.push({ atMs: incident.endMs, what: 'ended' })
  for (const act of incident.acts) happenings.push({ atMs: act.atMs, what: 'act', act })
  return happenings.sort((a, b) => a.atMs - b.atMs)
}

/** The alarm raised anew; the first time is the beginning. */
function occurrencesOf({ evidence, startMs }: IncidentView): Evidence[] {
  return evidence.filter(({ role, timeMs }) => role === 'sign' && timeMs > startMs)
}
