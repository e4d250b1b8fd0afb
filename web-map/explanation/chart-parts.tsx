// What the chart of distances is made of, below the fixes and the fixes themselves.

import { t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import { axisWords } from '../i18n/time-words.ts'
import { TRACK_GAP_MS } from '../map/track-lines.ts'
import type { Badge, Scale } from './chart-scale.ts'
import type { JudgedFix } from './judged-fixes.ts'

type GroundProps = { fixes: readonly JudgedFix[]; drawn: readonly number[]; scale: Scale; timeZone: string }

/** Right and wrong side, scales, the guard band, and the way between the fixes. */
export function ChartGround({ fixes, drawn, scale, timeZone }: GroundProps) {
  const { frame, x, y, ticks, times } = scale
  const { left, right, top, bottom } = frame
  const zero = y(0)
  const shown = drawn.map((i) => fixes[i]!)
  const upper = shown.map((fix) => `${x(fix.timeMs)},${y(fix.complyGuardM)}`)
  const lower = shown.toReversed().map((fix) => `${x(fix.timeMs)},${y(-fix.breachGuardM)}`)
  const rightIsInside = shown.some((fix) => fix.distanceM !== 0 && fix.distanceM === fix.marginM)
  const [rightPlace, wrongPlace] = rightIsInside ? (['in', 'out'] as const) : (['out', 'in'] as const)
  return (
    <>
      <rect class="right-side" x={left} y={top} width={right - left} height={zero - top} />
      <rect class="wrong-side" x={left} y={zero} width={right - left} height={bottom - zero} />
      {idleSpans(shown).map(([fromMs, toMs]) => (
        <rect
          key={fromMs}
          class="idle-span"
          x={x(fromMs)}
          y={top}
          width={Math.max(1, x(toMs) - x(fromMs))}
          height={bottom - top}
        />
      ))}
      <polygon class="guard" points={[...upper, ...lower].join(' ')} />
      {ticks.map(({ marginM, y: at }) => (
        <g key={marginM} class="tick">
          <line x1={left} x2={right} y1={at} y2={at} class={marginM === 0 ? 'boundary' : ''} />
          <text x={left - 5} y={at + 4} text-anchor="end">
            {marginM === 0 ? t('explain.boundary') : distanceWords(Math.abs(marginM))}
          </text>
        </g>
      ))}
      {times.map(({ timeMs, x: at }) => (
        <g key={timeMs} class="tick">
          <line x1={at} x2={at} y1={bottom} y2={bottom + 4} />
          <text x={Math.min(at, right - 8)} y={bottom + 16} text-anchor="middle">
            {axisWords(timeMs, timeZone)}
          </text>
        </g>
      ))}
      <text class="side" x={right - 4} y={top + 13} text-anchor="end">
        {t('explain.rightSide', { place: t(`explain.place.${rightPlace}`) })}
      </text>
      <text class="side" x={right - 4} y={bottom - 6} text-anchor="end">
        {t('explain.wrongSide', { place: t(`explain.place.${wrongPlace}`) })}
      </text>
      <path class="way" d={wayOf(shown, scale)} />
    </>
  )
}

/** A line through the fixes, broken where nothing was heard for long. */
function wayOf(shown: readonly JudgedFix[], { x, y }: Scale): string {
  return shown
    .map((fix, i) => {
      const broken = i === 0 || fix.timeMs - shown[i - 1]!.timeMs > TRACK_GAP_MS
      return `${broken ? 'M' : 'L'}${x(fix.timeMs).toFixed(1)} ${y(fix.marginM).toFixed(1)}`
    })
    .join('')
}

/** From the first fix outside the hours of the condition to the first within them again. */
function idleSpans(shown: readonly JudgedFix[]): [fromMs: number, toMs: number][] {
  const spans: [number, number][] = []
  for (const [i, { active, timeMs }] of shown.entries()) {
    if (active) continue
    const last = spans.at(-1)
    const untilMs = shown[i + 1]?.timeMs ?? timeMs
    if (last && last[1] === timeMs) last[1] = untilMs
    else spans.push([timeMs, untilMs])
  }
  return spans
}

/** Numbered marks over the chart, each with its line through it. */
export function EdgeMarks({ badges, scale }: { badges: readonly Badge[]; scale: Scale }) {
  const { top, bottom } = scale.frame
  return (
    <g class="edge-marks">
      {badges.map(({ number, x, yAboveTop }) => (
        <line key={number} x1={x} x2={x} y1={top - yAboveTop + 8} y2={bottom} />
      ))}
      {badges.map(({ number, x, yAboveTop }) => (
        <g key={number}>
          <circle cx={x} cy={top - yAboveTop} r={8} />
          <text x={x} y={top - yAboveTop + 4} text-anchor="middle">
            {number}
          </text>
        </g>
      ))}
    </g>
  )
}

export function FixMark({ fix, scale }: { fix: JudgedFix; scale: Scale }) {
  const x = scale.x(fix.timeMs)
  const y = scale.y(fix.marginM)
  const classes = `fix ${fix.active ? fix.evidence : 'idle'}`
  return fix.evidence === 'breach' ? (
    <path class={classes} d={`M${x - 4} ${y - 3}h8l-4 7z`} />
  ) : (
    <circle class={classes} cx={x} cy={y} r={3} />
  )
}

/** The mark of an evidence outside the chart, the same shape as in it. */
export function EvidenceMark({ evidence, active = true }: Pick<JudgedFix, 'evidence'> & { active?: boolean }) {
  return (
    <svg class={`fix ${active ? evidence : 'idle'}`} width={12} height={12} viewBox="-6 -6 12 12" aria-hidden="true">
      {evidence === 'breach' ? <path d="M-5 -4H5L0 5Z" /> : <circle r={4} />}
    </svg>
  )
}
