import { untracked, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { QUERY } from '../address/router.ts'
import { MARK_STATES, type MarkState } from '../feed/freshness.ts'
import { INDONESIA, loadCoast } from '../ground/coast.ts'
import { latitudeAt, longitudeAt, type MapView } from '../ground/mercator.ts'
import { t } from '../i18n/language.ts'
import { cornersOf } from './corners.ts'
import { LiveMap } from './live-map.ts'
import { MapControls } from './map-controls.tsx'
import { MapPictures, type PointHit } from './map-pictures.ts'
import type { MapRoom, MapSources } from './map-state.ts'
import { MapTip, type Tip, tipOf } from './map-tip.tsx'
import { themeOf } from './theme.ts'

const REACH_PX = { hover: 12, click: 14, tap: 24 }
const WEARER_ZOOM = 15

type Props = { room: MapRoom; sources: MapSources; onWearer: (wearerId: string) => void }

/** Binds the state's signals to the map: what to paint, where to go, what lies under the pointer. */
export function MapPane({ room, sources, onWearer }: Props) {
  const { desk, map: state } = room
  const element = useRef<HTMLDivElement>(null)
  const map = useRef<LiveMap | undefined>(undefined)
  const tip = useSignal<Tip | undefined>(undefined)
  const tilesFailed = useSignal(false)
  const dark = useDarkTheme()
  const pictures = useMemo(() => new MapPictures(emptyPicture(room)), [])

  useEffect(() => {
    const point = (x: number, y: number, view: MapView, how: 'hover' | 'click' | 'tap') => {
      const hit = pictures.hit(x, y, view, REACH_PX[how])
      tip.value = hit && tipOf(desk, hit, sources.selected())
      if (how === 'hover' || !hit) return
      const wearer = hit.kind === 'mark' ? desk.live.wearers.get(hit.mark.n) : undefined
      if (wearer) onWearer(wearer.id)
      else enlarge(room, map.current, hit, view)
    }
    const frame = element.current!
    const live = new LiveMap(frame, INDONESIA, {
      paintGround: (ctx, view, tiles) => pictures.paintGround(ctx, view, tiles),
      paintBracelets: (ctx, view) => pictures.paintBracelets(ctx, view),
      onPoint: point,
      onLeave: () => (tip.value = undefined),
      onHand: () => state.handCount++,
      onMoved: (centre, zoom) => {
        state.centre.value = centre
        state.view.value = frame.dataset.view = `${zoom}/${centre.latDeg.toFixed(4)}/${centre.lonDeg.toFixed(4)}`
      },
      onTiles: (come) => (tilesFailed.value = !come),
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

  useSignalEffect(() => map.current?.setTiles(desk.mapSettings.value))
  useSignalEffect(() => {
    const { picture } = pictures
    picture.theme = themeOf(dark.value)
    picture.letters = Object.fromEntries(MARK_STATES.map((one) => [one, t(`letter.${one}`)])) as Record<
      MarkState,
      string
    >
    picture.zones = state.zones.value
    picture.showZones = state.showZones.value
    picture.track = sources.track()
    picture.emphasis = sources.emphasis()
    map.current?.repaintGround()
    map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    const { picture } = pictures
    const isAlone = () => picture.overlays.some(({ alone }) => alone)
    const before = isAlone()
    picture.overlays = sources.overlays()
    map.current?.repaintGround()
    if (isAlone() !== before) map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    desk.versions.roster.value
    pictures.picture.selectedN = sources.selected()?.n
    map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    desk.versions.positions.value
    map.current?.braceletsMoved()
  })
  useSignalEffect(() => {
    desk.worst.value
    map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    if (desk.nowMs.value % 60_000 < 1000) map.current?.repaintBracelets()
  })
  useSignalEffect(() => {
    const track = sources.track()
    if (!track || track.points.length === 0) return
    const corners = cornersOf(track.points.map((p) => ({ latDeg: latitudeAt(p.y), lonDeg: longitudeAt(p.x) })))
    if (corners) map.current?.fit(corners, 16)
  })
  useSignalEffect(() => {
    const viewRequest = state.viewRequest.value
    if (!viewRequest || !map.current) return
    if (viewRequest.kind === 'fit') untracked(() => map.current && fitUnit(room, map.current))
    else if (viewRequest.kind === 'view') showView(map.current, viewRequest.view)
    else if (viewRequest.kind === 'corners')
      map.current.fit(viewRequest.corners, viewRequest.zoomMax, viewRequest.headPx)
    else {
      const place = viewRequest.kind === 'wearer' ? desk.live.bracelets.get(viewRequest.n) : viewRequest
      if (place) map.current.fly(place.latDeg, place.lonDeg, WEARER_ZOOM)
    }
  })

  return (
    <section class="map-pane" aria-label={t('map.label')}>
      <div class="map" ref={element} />
      {sources.choosesPlace() && <i class="map-centre" aria-hidden="true" />}
      {tip.value && <MapTip tip={tip.value} />}
      <MapControls
        room={room}
        onZoom={(steps) => {
          state.handCount++
          map.current?.zoomBy(steps)
        }}
        onFit={() => (state.viewRequest.value = { kind: 'fit' })}
      />
      <p class="map-source">
        {tilesFailed.value && (
          <strong role="status">
            {t('map.tilesFailed')}
            {' · '}
          </strong>
        )}
        {desk.mapSettings.value.tileUrl && !tilesFailed.value
          ? desk.mapSettings.value.tileAttribution
          : t('map.attribution')}
      </p>
    </section>
  )
}

function emptyPicture({ desk }: MapRoom): MapPictures['picture'] {
  return {
    theme: themeOf(false),
    letters: { patuh: '', informasi: 'i', serius: 'S', kritis: 'K', nodata: '?' },
    zones: [],
    showZones: true,
    emphasis: undefined,
    track: undefined,
    overlays: [],
    bracelets: () => desk.live.bracelets.values(),
    bracelet: (n) => desk.live.bracelets.get(n),
    nameOf: (n) => {
      const wearer = desk.live.wearers.get(n)
      return wearer && desk.nameOf(wearer)
    },
    lookOf: ({ n }) => desk.markOf(n, desk.nowMs.peek()),
    nowMs: () => desk.nowMs.value,
    selectedN: undefined,
  }
}

function enlarge({ desk }: MapRoom, map: LiveMap | undefined, hit: PointHit, view: MapView): void {
  if (hit.kind !== 'cluster') return
  const corners = cornersOf(hit.cluster.members.flatMap((n) => desk.live.bracelets.get(n) ?? []))
  if (corners) map?.fit(corners, Math.max(view.zoom + 2, 12))
}

function showView(map: LiveMap, view: string): void {
  const [zoom, latDeg, lonDeg] = view.split('/').map(Number)
  if ([zoom, latDeg, lonDeg].every(Number.isFinite)) map.show(latDeg!, lonDeg!, zoom!)
}

function fitUnit({ desk, router }: MapRoom, map: LiveMap): void {
  const chosen = router.query.value.get(QUERY.unit) ?? ''
  const within = (path: string) => chosen === '' || path === chosen || path.startsWith(`${chosen}.`)
  const bracelets = [...desk.live.bracelets.values()].filter((bracelet) => {
    const wearer = desk.live.wearers.get(bracelet.n)
    return wearer !== undefined && within(wearer.unitPath)
  })
  map.fit(cornersOf(bracelets) ?? INDONESIA, 14)
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
