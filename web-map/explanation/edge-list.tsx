import { t } from '../i18n/language.ts'
import { momentWords, secondsWords, zoneAbbreviation } from '../i18n/time-words.ts'
import type { ExplanationAnswer } from '../session/request.ts'
import type { Edge, JudgedFix } from './judged-fixes.ts'
import { boundaryWords } from './judged-words.ts'
import type { ExplanationRoom } from './room.ts'

type Props = { room: ExplanationRoom; edges: readonly Edge[]; fixes: readonly JudgedFix[]; timeZone: string }

/** What the incident hangs on, numbered as in the chart and on the map. */
export function EdgeList({ room, edges, fixes, timeZone }: Props) {
  const nowMs = room.desk.nowMs.value
  return (
    <ol class="edges">
      {edges.map(({ edge, timeMs, fix }, i) => {
        const judged = fix === undefined ? undefined : fixes[fix]
        return (
          <li key={edge}>
            <i class="edge-number" aria-hidden="true">
              {i + 1}
            </i>
            <b>{t(`explain.edge.${edge}`)}</b>
            <span>
              {secondsWords(timeMs, nowMs, timeZone)} {zoneAbbreviation(timeZone)}
              <small>
                {judged
                  ? `${boundaryWords(judged)}, ±${Math.round(judged.radiusM)} m`
                  : t(edge === 'end' ? 'explain.endedByClock' : 'explain.byClock')}
              </small>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** An incident of the device's state or of its positions as such: times only, for there is no distance to show. */
export function DeviceIndications({ answer, timeZone }: { answer: ExplanationAnswer; timeZone: string }) {
  const { startMs, endMs, evidence } = answer.incident
  return (
    <>
      <p>{t('explain.noDistance')}</p>
      <ul class="signs">
        {evidence.map(({ timeMs, contentKey, role }) => (
          <li key={`${timeMs} ${contentKey} ${role}`}>
            <b>{momentWords(timeMs, startMs, timeZone)}</b> {t(`explain.edge.${role}`)}
          </li>
        ))}
        {endMs !== undefined && evidence.every(({ role }) => role !== 'end') && (
          <li>
            <b>{momentWords(endMs, startMs, timeZone)}</b> {t('explain.edge.end')}
          </li>
        )}
      </ul>
    </>
  )
}
