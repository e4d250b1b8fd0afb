import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'
import { clockSecondsWords, utcOffsetMs } from '../i18n/time-words.ts'
import { ChartGround, EdgeMarks, EvidenceMark, FixMark } from './chart-parts.tsx'
import { badgesOf, nearestFix, type Scale, scaleOf, thinned } from './chart-scale.ts'
import type { Edge, JudgedFix } from './judged-fixes.ts'
import { fixWords } from './judged-words.ts'
import type { ExplanationRoom } from './room.ts'

type Props = { room: ExplanationRoom; edges: readonly Edge[]; fixes: readonly JudgedFix[]; timeZone: string }

const HEIGHT_PX = 264
const DRAWN_MAX = 500
const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
}

/** Distance to the boundary over time. A slider to the keyboard and the screen reader: every step says one fix. */
export function DistanceChart({ room, edges, fixes, timeZone }: Props) {
  const { cursor } = room.explaining
  const frameElement = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  useEffect(() => {
    const element = frameElement.current!
    const sizes = new ResizeObserver(() => (width.value = element.clientWidth))
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])

  const widthPx = width.value
  const { scale, badges, drawn } = useMemo(
    () => drawingOf(fixes, edges, widthPx, timeZone),
    [fixes, edges, widthPx, timeZone],
  )
  const at = Math.min(cursor.value ?? edges.find(({ fix }) => fix !== undefined)?.fix ?? 0, fixes.length - 1)
  const words = (i: number) => `${clockSecondsWords(fixes[i]!.timeMs, timeZone)}, ${fixWords(fixes[i]!)}`
  const point = (event: PointerEvent) => {
    const { left } = frameElement.current!.getBoundingClientRect()
    cursor.value = nearestFix(fixes, drawn, scale.x, event.clientX - left)
  }
  const press = (event: KeyboardEvent) => {
    const steps = KEYS[event.key]
    const next =
      event.key === 'Home' ? 0 : event.key === 'End' ? fixes.length - 1 : steps === undefined ? undefined : at + steps
    if (next === undefined) return
    event.preventDefault()
    cursor.value = Math.max(0, Math.min(fixes.length - 1, next))
  }
  return (
    <figure class="chart">
      <div
        ref={frameElement}
        class="chart-frame"
        role="slider"
        tabIndex={0}
        aria-label={t('explain.chartLabel')}
        aria-valuemin={1}
        aria-valuemax={fixes.length}
        aria-valuenow={at + 1}
        aria-valuetext={words(at)}
        onPointerMove={point}
        onPointerDown={point}
        onKeyDown={press}
      >
        {widthPx > 0 && (
          <svg width={widthPx} height={HEIGHT_PX} aria-hidden="true">
            <ChartGround fixes={fixes} drawn={drawn} scale={scale} timeZone={timeZone} />
            <EdgeMarks badges={badges} scale={scale} />
            {drawn.map((i) => (
              <FixMark key={i} fix={fixes[i]!} scale={scale} />
            ))}
            {cursor.value !== undefined && <Cursor fix={fixes[at]!} scale={scale} />}
          </svg>
        )}
      </div>
      <p class="chart-readout">{cursor.value === undefined ? t('explain.pointHint') : words(at)}</p>
      <ul class="chart-legend" aria-hidden="true">
        {(['breach', 'unsure', 'comply'] as const).map((evidence) => (
          <li key={evidence}>
            <EvidenceMark evidence={evidence} /> {t(`evidence.${evidence}`)}
          </li>
        ))}
        {fixes.some(({ active }) => !active) && (
          <li>
            <EvidenceMark evidence="comply" active={false} /> {t('evidence.notInForce')}
          </li>
        )}
        <li>
          <i class="guard-sample" /> {t('explain.guardBand')}
        </li>
        <li>{t('explain.packed')}</li>
      </ul>
    </figure>
  )
}

function drawingOf(fixes: readonly JudgedFix[], edges: readonly Edge[], widthPx: number, timeZone: string) {
  const sides = { left: 48, right: Math.max(widthPx - 8, 60) }
  const { badges, heightPx } = badgesOf(fixes, edges, sides)
  const frame = { ...sides, top: heightPx, bottom: HEIGHT_PX - 22 }
  const scale = scaleOf(fixes, edges, frame, utcOffsetMs(fixes[0]!.timeMs, timeZone))
  return { scale, badges, drawn: thinned(fixes, scale.x, DRAWN_MAX) }
}

function Cursor({ fix, scale }: { fix: JudgedFix; scale: Scale }) {
  const { top, bottom } = scale.frame
  const x = scale.x(fix.timeMs)
  return (
    <g class="cursor">
      <line x1={x} x2={x} y1={top} y2={bottom} />
      <circle cx={x} cy={scale.y(fix.marginM)} r={7} />
    </g>
  )
}
