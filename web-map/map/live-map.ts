// The only file that touches Leaflet. What is drawn, and where, is decided by the pure files around it.
import {
  control,
  DomUtil,
  Layer,
  type LeafletEventHandlerFn,
  Map as LeafletMap,
  type LeafletMouseEvent,
  latLng,
  latLngBounds,
  type TileLayer,
  tileLayer,
  type ZoomAnimEvent,
} from 'leaflet'
import type { MapSettings } from '../../model/console/console.ts'
import type { MapView } from '../ground/mercator.ts'
import type { Corners } from './corners.ts'

type Painter = (ctx: CanvasRenderingContext2D, view: MapView) => void

/** One canvas over the whole map; any number of changes are painted once, in the next frame. */
class CanvasLayer extends Layer {
  #canvas: HTMLCanvasElement | undefined
  #frame = 0
  #resting: number | undefined
  #restUntilMs = 0
  #painter: Painter
  #pane: string
  #zooming = false

  constructor(pane: string, painter: Painter) {
    super()
    this.#pane = pane
    this.#painter = painter
  }

  override onAdd(map: LeafletMap): this {
    const canvas = DomUtil.create('canvas', 'leaflet-zoom-animated') as HTMLCanvasElement
    canvas.setAttribute('aria-hidden', 'true')
    map.getPane(this.#pane)!.append(canvas)
    this.#canvas = canvas
    this.#paint()
    return this
  }

  override onRemove(): this {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    window.clearTimeout(this.#resting)
    this.#resting = undefined
    this.#canvas?.remove()
    this.#canvas = undefined
    return this
  }

  override getEvents(): Record<string, LeafletEventHandlerFn> {
    return {
      move: () => this.repaint(),
      resize: () => this.repaint(),
      viewreset: () => this.repaint(),
      zoomanim: (event) => this.#follow(event as ZoomAnimEvent),
      zoomend: () => {
        this.#zooming = false
        this.#paint()
      },
    }
  }

  repaint(): void {
    if (this.#frame || !this.#canvas) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#paint()
    })
  }

  /** For what changes all the time: a picture that takes long to paint is painted for at most a third of the time. */
  repaintAtLeisure(): void {
    const waitMs = this.#restUntilMs - performance.now()
    if (waitMs <= 0) this.repaint()
    else
      this.#resting ??= window.setTimeout(() => {
        this.#resting = undefined
        this.repaint()
      }, waitMs)
  }

  /** During the zoom animation the last picture is scaled along with the tiles. */
  #follow(event: ZoomAnimEvent): void {
    if (!this.#canvas) return
    this.#zooming = true
    const map = this._map
    const corner = map.containerPointToLatLng([0, 0])
    const paneOffset = DomUtil.getPosition(map.getPane('mapPane')!)
    const offset = map
      .project(corner, event.zoom)
      .subtract(map.project(event.center, event.zoom))
      .add(map.getSize().divideBy(2))
      .subtract(paneOffset)
    DomUtil.setTransform(this.#canvas, offset, map.getZoomScale(event.zoom))
  }

  #paint(): void {
    const canvas = this.#canvas
    if (!canvas || this.#zooming) return
    const beganMs = performance.now()
    const map = this._map
    const size = map.getSize()
    const density = Math.min(2, window.devicePixelRatio || 1)
    const width = Math.round(size.x * density)
    const height = Math.round(size.y * density)
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${size.x}px`
      canvas.style.height = `${size.y}px`
    }
    DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]))
    const ctx = canvas.getContext('2d')!
    ctx.setTransform(density, 0, 0, density, 0, 0)
    ctx.clearRect(0, 0, size.x, size.y)
    this.#painter(ctx, viewOf(map))
    const endedMs = performance.now()
    this.#restUntilMs = endedMs + 2 * (endedMs - beganMs)
  }
}

function viewOf(map: LeafletMap): MapView {
  const size = map.getSize()
  const zoom = map.getZoom()
  const corner = map.project(map.containerPointToLatLng([0, 0]), zoom)
  return { widthPx: size.x, heightPx: size.y, zoom, worldPx: 256 * 2 ** zoom, originX: corner.x, originY: corner.y }
}

type LiveMapOptions = {
  /** Paints what lies below the bracelets (coast, zones, track); `tiles` is true while map tiles are shown under it. */
  paintGround(ctx: CanvasRenderingContext2D, view: MapView, tiles: boolean): void
  paintBracelets: Painter
  onPoint(x: number, y: number, view: MapView, how: 'hover' | 'click' | 'tap'): void
  onLeave(): void
  /** The officer touches the map, and may move it. */
  onHand(): void
  onMoved(centre: { latDeg: number; lonDeg: number }, zoom: number): void
  /** Tiles come, or do not come any more. */
  onTiles(come: boolean): void
  reducedMotion: boolean
}

/** Tiles that fail this often, one after the other, mean that there is no tile server to be had. */
const TILE_FAILURES_MAX = 6
const ZOOM_MAX = 18

export class LiveMap {
  #map: LeafletMap
  #ground: CanvasLayer
  #bracelets: CanvasLayer
  #tiles: TileLayer | undefined
  #tilesSeen = false
  #options: LiveMapOptions
  #resizes: ResizeObserver
  #zoomAnimates = false
  /** The frame has not come in which Leaflet begins to animate what was asked for last. */
  #beginning = false
  /** Asked for meanwhile: Leaflet drops every other move then. */
  #waiting: (() => void)[] = []

  constructor(element: HTMLElement, corners: Corners, options: LiveMapOptions) {
    this.#options = options
    this.#map = new LeafletMap(element, {
      zoomControl: false,
      attributionControl: false,
      minZoom: 3,
      maxZoom: ZOOM_MAX,
      zoomSnap: 0.5,
      worldCopyJump: false,
      maxBounds: [
        [-32, 76],
        [32, 160],
      ],
      zoomAnimation: !options.reducedMotion,
      fadeAnimation: !options.reducedMotion,
      inertia: !options.reducedMotion,
    })
    this.#map.fitBounds(boundsOf(corners), { animate: false })
    control.scale({ imperial: false, position: 'bottomleft', maxWidth: 110 }).addTo(this.#map)
    this.#ground = new CanvasLayer('overlayPane', (ctx, view) => options.paintGround(ctx, view, this.#tilesSeen))
    this.#bracelets = new CanvasLayer('markerPane', options.paintBracelets)
    this.#ground.addTo(this.#map)
    this.#bracelets.addTo(this.#map)
    this.#listen()
    this.#resizes = new ResizeObserver(() => this.#map.invalidateSize({ animate: false, pan: true }))
    this.#resizes.observe(element)
  }

  #listen(): void {
    const point = (event: LeafletMouseEvent, how: 'hover' | 'click') => {
      const touch = (event.originalEvent as PointerEvent).pointerType === 'touch'
      const { x, y } = event.containerPoint
      this.#options.onPoint(x, y, viewOf(this.#map), how === 'click' && touch ? 'tap' : how)
    }
    this.#map.on('mousemove', (event) => point(event, 'hover'))
    this.#map.on('click', (event) => point(event, 'click'))
    this.#map.on('mouseout', () => this.#options.onLeave())
    this.#map.on('movestart', () => this.#options.onLeave())
    this.#map.on('zoomanim', () => {
      this.#zoomAnimates = true
    })
    this.#map.on('zoomend', () => {
      this.#zoomAnimates = false
      this.#goOn()
    })
    for (const how of ['pointerdown', 'wheel', 'keydown'])
      this.#map.getContainer().addEventListener(how, () => this.#options.onHand(), { passive: true })
    this.#map.on('moveend', () => {
      const centre = this.#map.getCenter()
      this.#options.onMoved({ latDeg: centre.lat, lonDeg: centre.lng }, this.#map.getZoom())
    })
  }

  /** Shows tiles where an address is known; while none can be had, the built-in map lies in their place. */
  setTiles({ tileUrl }: MapSettings): void {
    this.#tiles?.remove()
    this.#tiles = undefined
    this.#tilesSeen = false
    if (tileUrl) {
      const tiles = tileLayer(tileUrl, { maxZoom: ZOOM_MAX })
      let failures = 0
      tiles.on('tileload', () => {
        failures = 0
        this.#noteTiles(true)
      })
      tiles.on('tileerror', () => {
        // Under a server that died the last tiles stand still: they would be taken for the place where the map is.
        if (++failures === TILE_FAILURES_MAX) this.#noteTiles(false)
      })
      tiles.addTo(this.#map)
      this.#tiles = tiles
    }
    this.#ground.repaint()
  }

  #noteTiles(seen: boolean): void {
    this.#options.onTiles(seen)
    if (this.#tilesSeen === seen) return
    this.#tilesSeen = seen
    this.#ground.repaint()
  }

  repaintGround(): void {
    this.#ground.repaint()
  }

  repaintBracelets(): void {
    this.#bracelets.repaint()
  }

  /** The same for positions, which come all the time. */
  braceletsMoved(): void {
    this.#bracelets.repaintAtLeisure()
  }

  zoomBy(steps: number): void {
    this.#move('after', () => this.#map.setZoom(this.#map.getZoom() + steps))
  }

  show(latDeg: number, lonDeg: number, zoom: number): void {
    this.#move('instead', () => this.#map.setView([latDeg, lonDeg], zoom, { animate: false }))
  }

  /** Goes to a place, keeping a closer zoom than `zoomMin` if there is one. */
  fly(latDeg: number, lonDeg: number, zoomMin: number): void {
    this.#move('instead', () => {
      const zoom = Math.max(this.#map.getZoom(), zoomMin)
      if (this.#options.reducedMotion) this.#map.setView([latDeg, lonDeg], zoom, { animate: false })
      else this.#map.flyTo(latLng(latDeg, lonDeg), zoom, { duration: 0.9 })
    })
  }

  /** `headPx`: what is kept free at the top, where the controls lie. */
  fit(corners: Corners, zoomMax = 15, headPx = 36): void {
    this.#move('instead', () =>
      this.#map.fitBounds(boundsOf(corners), {
        paddingTopLeft: [36, Math.min(headPx, this.#map.getSize().y / 3)],
        paddingBottomRight: [36, 36],
        maxZoom: zoomMax,
        animate: !this.#options.reducedMotion,
      }),
    )
  }

  /** At once, or when the zoom animation under way is over: after the other moves that wait, or instead of them. */
  #move(order: 'after' | 'instead', go: () => void): void {
    if (order === 'instead') this.#waiting.length = 0
    this.#waiting.push(go)
    this.#goOn()
  }

  #goOn(): void {
    if (this.#zoomAnimates || this.#beginning) return
    const go = this.#waiting.shift()
    if (go === undefined) return
    this.#beginning = true
    go()
    requestAnimationFrame(() => {
      this.#beginning = false
      this.#goOn()
    })
  }

  remove(): void {
    this.#resizes.disconnect()
    this.#map.remove()
  }
}

function boundsOf(corners: Corners) {
  return latLngBounds([corners.south, corners.west], [corners.north, corners.east])
}
