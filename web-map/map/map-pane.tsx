import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { ConsoleState } from '../app/console-state.ts'
import { useJudgedOnMap } from '../explanation/judged-on-map.ts'
import { MARK_STATES, type MarkState } from '../feed/freshness.ts'
import { t } from '../i18n/language.ts'
import { INDONESIA } from './coast.ts'
import { LiveMap } from './live-map.ts'
import { MapControls } from './map-controls.tsx'
import { cornersOf, MapPictures, type PointHit } from './map-pictures.ts'
import { MapTip, type Tip, tipOf } from './map-tip.tsx'
import type { MapView } from './mercator.ts'
import { latitudeAt, longitudeAt } from './mercator.ts'
import { projectZone } from './project-zones.ts'
import { themeOf } from './theme.ts'

const REACH_PX = { hover: 12, click: 14, tap: 24 }
const WEARER_ZOOM = 15

/** Binds the state's signals to the map: what to paint, where to go, what lies under the pointer. */
export function MapPane({ state }: { state: ConsoleState }) {
  const element = useRef<HTMLDivElement>(null)
  const map = useRef<LiveMap | undefined>(undefined)
  const tip = useSignal<Tip | undefined>(undefined)
  const showZones = useSignal(true)
  const tilesFailed = useSignal(false)
  const dark = useDarkTheme()
  const pictures = useMemo(() => new MapPictures(emptyPicture(state)), [])

  useEffect(() => {
    const point = (x: number, y: number, view: MapView, how: 'hover' | 'click' | 'tap') => {
      const hit = pictures.hit(x, y, view, REACH_PX[how])
      tip.value = hit && tipOf(state, hit)
      if (how !== 'hover' && hit) follow(state, map.current, hit, view)
    }
    const frame = element.current!
    const live = new LiveMap(frame, INDONESIA, {
      paintGround: (ctx, view, tiles) => pictures.paintGround(ctx, view, tiles),
      paintBracelets: (ctx, view) => pictures.paintBracelets(ctx, view),
      onPoint: point,
      onLeave: () => (tip.value = undefined),
      onMoved: (centre, zoom) => {
        state.mapCentre.value = centre
        frame.dataset.view = `${zoom}/${centre.latDeg.toFixed(4)}/${centre.lonDeg.toFixed(4)}`
      },
      onTilesFailed: () => (tilesFailed.value = true),
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
    map.current = live
    void loadCoast().then((text) => {
      pictures.setCoast(text)
      live.repaintGround()
    })
    return () => {
      map.current = undefined
      live.remove()
    }
  }, [])

  useSignalEffect(() => map.current?.setTiles(state.mapSettings.value))
  useSignalEffect(() => {
    pictures.picture.zones = state.zones.value.map(projectZone)
    map.current?.repaintGround()
  })
  useSignalEffect(() => {
    const { picture } = pictures
    picture.theme = themeOf(dark.value)
    picture.letters = Object.fromEntries(MARK_STATES.map((one) => [one, t(`letter.${one}`)])) as Record<
      MarkState,
      string
    >
    picture.showZones = showZones.value
    picture.track = state.file.track.value
    const detail = state.file.detail.value
    const zoneId = state.explainedZoneId.value
    picture.emphasis =
      zoneId === undefined
        ? detail && new Set(detail.conditions.map((condition) => condition.zoneId))
        : new Set([zoneId])
    map.current?.repaintGround()
    map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    state.rosterVersion.value
    pictures.picture.selectedN = selectedNumber(state)
    map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    state.positionsVersion.value
    map.current?.braceletsMoved()
  })
  useSignalEffect(() => {
    if (state.nowMs.value % 60_000 < 1000) map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    const track = state.file.track.value
    if (!track || track.points.length === 0) return
    const corners = cornersOf(track.points.map((p) => ({ latDeg: latitudeAt(p.y), lonDeg: longitudeAt(p.x) })))
    if (corners) map.current?.fit(corners, 16)
  })
  useJudgedOnMap(state, pictures, map)
  useSignalEffect(() => {
    const errand = state.errand.value
    if (!errand || !map.current) return
    if (errand.kind === 'fit') fitUnit(state, map.current)
    else {
      const place = errand.kind === 'wearer' ? state.live.bracelets.get(errand.n) : errand
      if (place) map.current.fly(place.latDeg, place.lonDeg, WEARER_ZOOM)
    }
  })

  return (
    <section class="map-pane" aria-label={t('map.label')}>
      <div class="map" ref={element} />
      {state.trial.newZone.value && <i class="map-centre" aria-hidden="true" />}
      {tip.value && <MapTip tip={tip.value} />}
      <MapControls
        state={state}
        showZones={showZones}
        onZoom={(steps) => map.current?.zoomBy(steps)}
        onFit={() => map.current && fitUnit(state, map.current)}
      />
      <p class="map-source">
        {tilesFailed.value && <span>{t('map.tilesFailed')} · </span>}
        {state.mapSettings.value.tileUrl && !tilesFailed.value
          ? state.mapSettings.value.tileAttribution
          : t('map.attribution')}
      </p>
    </section>
  )
}

function emptyPicture(state: ConsoleState): MapPictures['picture'] {
  return {
    theme: themeOf(false),
    letters: { patuh: '', informasi: 'i', serius: 'S', kritis: 'K', nodata: '?' },
    zones: [],
    showZones: true,
    emphasis: undefined,
    track: undefined,
    judged: undefined,
    trial: undefined,
    bracelets: () => state.live.bracelets.values(),
    bracelet: (n) => state.live.bracelets.get(n),
    nameOf: (n) => state.live.wearers.get(n)?.name,
    nowMs: () => state.nowMs.value,
    selectedN: undefined,
  }
}

function selectedNumber(state: ConsoleState): number | undefined {
  const id = state.file.selectedId.value
  if (id === undefined) return undefined
  if (state.file.detail.value?.id === id) return state.file.detail.value.n
  for (const wearer of state.live.wearers.values()) if (wearer.id === id) return wearer.n
  return undefined
}

function follow(state: ConsoleState, map: LiveMap | undefined, hit: PointHit, view: MapView): void {
  if (hit.kind === 'mark') {
    const wearer = state.live.wearers.get(hit.mark.n)
    if (wearer) state.file.open(wearer.id)
  } else if (hit.kind === 'cluster') {
    const members = hit.cluster.members.flatMap((n) => state.live.bracelets.get(n) ?? [])
    const corners = cornersOf(members)
    if (corners) map?.fit(corners, Math.max(view.zoom + 2, 12))
  }
}

function fitUnit(state: ConsoleState, map: LiveMap): void {
  const chosen = state.unitPath.value
  const within = (path: string) => chosen === '' || path === chosen || path.startsWith(`${chosen}.`)
  const bracelets = [...state.live.bracelets.values()].filter((bracelet) => {
    const wearer = state.live.wearers.get(bracelet.n)
    return wearer !== undefined && within(wearer.unitPath)
  })
  map.fit(cornersOf(bracelets) ?? INDONESIA, 14)
}

async function loadCoast(): Promise<string> {
  const response = await fetch(new URL('./coast.txt', import.meta.url))
  if (!response.ok) throw new Error(`coast outline: HTTP ${response.status}`)
  return response.text()
}

function useDarkTheme() {
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), [])
  const dark = useSignal(query.matches)
  useEffect(() => {
    const follow = () => (dark.value = query.matches)
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [])
  return dark
}
