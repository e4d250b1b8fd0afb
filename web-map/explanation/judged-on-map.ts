import { useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import type { ConsoleState } from '../app/console-state.ts'
import type { LiveMap } from '../map/live-map.ts'
import type { MapPictures } from '../map/map-pictures.ts'
import { cornersOfTrial, trialPicture } from '../trial/trial-on-map.ts'
import { cornersOfJudged } from './judged-corners.ts'

/** What is kept free at the top of the map, where the controls lie. */
const CONTROLS_PX = 112
const ZOOM_MAX = 17

/** Paints the explanation or the trial that is open, and takes the map there. */
export function useJudgedOnMap(
  state: ConsoleState,
  { picture }: MapPictures,
  map: RefObject<LiveMap | undefined>,
): void {
  const shown = useRef<{ fixes: readonly unknown[]; moves: number } | undefined>(undefined)
  useSignalEffect(() => {
    const { fixes, edges, cursor } = state.explaining
    const judged = fixes.value.length > 0
    const turned = judged !== (picture.judged !== undefined)
    picture.judged = judged ? { fixes: fixes.value, edges: edges.value, cursor: cursor.value } : undefined
    map.current?.repaintGround()
    // The others step back while an explanation is open.
    if (turned) map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    picture.trial = trialPicture(state.trial)
    map.current?.repaintGround()
  })
  useSignalEffect(() => {
    const zone = picture.zones.find(({ id }) => id === state.explainedZoneId.value)
    const fixes = state.explaining.fixes.value
    const corners = cornersOfJudged(fixes, zone)
    if (!corners || !map.current) return
    // The zone may become known later; then the map stays where the officer has taken it meanwhile.
    if (shown.current?.fixes === fixes && shown.current.moves !== map.current.moves) return
    map.current.fit(corners, ZOOM_MAX, CONTROLS_PX)
    shown.current = { fixes, moves: map.current.moves }
  })
  useSignalEffect(() => {
    const corners = cornersOfTrial(state.trial)
    if (corners) map.current?.fit(corners, ZOOM_MAX, CONTROLS_PX)
  })
}
