import { useSignal } from '@preact/signals'
import { t } from '../i18n/language.ts'
import { countWords, distanceWords } from '../i18n/measure-words.ts'
import { secondsWords, zoneAbbreviation } from '../i18n/time-words.ts'
import { EvidenceMark } from './chart-parts.tsx'
import { decidingFixes, type Edge, type JudgedFix } from './judged-fixes.ts'
import { boundaryWords, evidenceWords, guardM } from './judged-words.ts'
import type { ExplanationRoom } from './room.ts'

type Props = { room: ExplanationRoom; edges: readonly Edge[]; fixes: readonly JudgedFix[]; timeZone: string }

const SHOWN_FIRST = 100

/** The fixes for those who cannot read a chart: first those that decided, all of them on request. */
export function FixTable({ room, edges, fixes, timeZone }: Props) {
  const all = useSignal(false)
  const shownMax = useSignal(SHOWN_FIRST)
  const deciding = decidingFixes(fixes)
  const chosen = all.value ? fixes.map((_, i) => i) : deciding
  const shown = chosen.slice(0, shownMax.value)
  return (
    <section class="fix-table" aria-label={t('explain.fixes')}>
      <fieldset class="chips" aria-label={t('explain.fixes')}>
        <button type="button" aria-pressed={!all.value} onClick={() => (all.value = false)}>
          {t('explain.deciding', { count: countWords(deciding.length) })}
        </button>
        <button type="button" aria-pressed={all.value} onClick={() => (all.value = true)}>
          {t('explain.all', { count: countWords(fixes.length) })}
        </button>
      </fieldset>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('explain.column.time', { zone: zoneAbbreviation(timeZone) })}</th>
            <th scope="col">{t('explain.column.distance')}</th>
            <th scope="col">{t('explain.column.accuracy')}</th>
            <th scope="col">{t('explain.column.evidence')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((i) => (
            <Row
              key={i}
              room={room}
              index={i}
              fix={fixes[i]!}
              edges={edges}
              dayMs={fixes[0]!.timeMs}
              timeZone={timeZone}
            />
          ))}
        </tbody>
      </table>
      {chosen.length > shown.length && (
        <button type="button" class="more" onClick={() => (shownMax.value += SHOWN_FIRST)}>
          {t('explain.more', { count: countWords(chosen.length - shown.length) })}
        </button>
      )}
      <p class="hint">{t('explain.guardNote')}</p>
    </section>
  )
}

function Row(props: {
  room: ExplanationRoom
  index: number
  fix: JudgedFix
  edges: readonly Edge[]
  dayMs: number
  timeZone: string
}) {
  const { room, index, fix, edges, dayMs, timeZone } = props
  const { cursor } = room.explaining
  const numbers = edges.flatMap(({ edge, fix: at }, i) =>
    at === index ? [`${i + 1} ${t(`explain.edge.${edge}`)}`] : [],
  )
  const show = () => {
    cursor.value = index
    room.map.viewRequest.value = { kind: 'place', latDeg: fix.latDeg, lonDeg: fix.lonDeg }
  }
  return (
    <tr class={cursor.value === index ? 'pointed' : ''}>
      <th scope="row">
        <button type="button" class="link" title={t('explain.onMap')} onClick={show}>
          {secondsWords(fix.timeMs, dayMs, timeZone)}
        </button>
      </th>
      <td>
        {boundaryWords(fix)}
        <small>{t('explain.guardOfFix', { distance: distanceWords(guardM(fix)) })}</small>
      </td>
      <td>±{distanceWords(fix.radiusM)}</td>
      <td>
        <EvidenceMark evidence={fix.evidence} active={fix.active} /> {evidenceWords(fix)}
        {numbers.map((words) => (
          <small key={words}>{words}</small>
        ))}
      </td>
    </tr>
  )
}
