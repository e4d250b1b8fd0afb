import type { WearerSummary } from '../../model/console/console.ts'
import type { Desk } from '../feed/desk.ts'
import { MARK_STATES } from '../feed/freshness.ts'
import { t } from '../i18n/language.ts'
import { accuracyWords } from '../i18n/measure-words.ts'
import { ageWords, momentWords } from '../i18n/time-words.ts'
import type { PointHit } from './map-pictures.ts'

/** A few words beside what the pointer is on. */
export type Tip = { x: number; y: number; title: string; lines: string[] }

/** `selected`: whose track is on the map. */
export function tipOf(desk: Desk, hit: PointHit, selected: WearerSummary | undefined): Tip {
  const nowMs = desk.nowMs.value
  if (hit.kind === 'cluster') {
    const { cluster } = hit
    const lines = MARK_STATES.filter((one) => cluster.counts[one] > 0).map(
      (one) => `${t(`state.${one}`)}: ${cluster.counts[one]}`,
    )
    return { x: cluster.x, y: cluster.y, title: t('map.clusterHint', { count: cluster.count }), lines }
  }
  if (hit.kind === 'fix') {
    const { point } = hit
    const marks = [point.archived ? t('map.archived') : '', point.valid ? '' : t('map.invalid')].filter(Boolean)
    const timeZone = desk.timeZoneOf(selected?.unitPath ?? '')
    return {
      x: hit.x,
      y: hit.y,
      title: momentWords(point.timeMs, nowMs, timeZone),
      lines: [accuracyWords(point.accuracyM), ...marks],
    }
  }
  const wearer = desk.live.wearers.get(hit.mark.n)
  const bracelet = desk.live.bracelets.get(hit.mark.n)
  const lines = bracelet
    ? [
        `${t('map.reported', { time: momentWords(bracelet.timeMs, nowMs, desk.timeZoneOf(wearer?.unitPath ?? '')) })} · ${ageWords(bracelet.timeMs, nowMs)}`,
        bracelet.fixValid ? accuracyWords(bracelet.accuracyM) : t('panel.noFix'),
      ]
    : []
  return {
    x: hit.mark.x,
    y: hit.mark.y,
    title: wearer ? desk.nameOf(wearer) : String(hit.mark.n),
    lines: [t(hit.mark.hollow ? 'map.endedUntaken' : 'map.stateIs', { state: t(`state.${hit.mark.state}`) }), ...lines],
  }
}

export function MapTip({ tip }: { tip: Tip }) {
  return (
    <div class={`tip${tip.y < 110 ? ' below' : ''}`} style={{ left: `${tip.x}px`, top: `${tip.y}px` }}>
      <b>{tip.title}</b>
      {tip.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  )
}
