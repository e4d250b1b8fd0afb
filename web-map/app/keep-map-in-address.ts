import { effect } from '@preact/signals'
import { isDeskPage, QUERY } from '../address/router.ts'
import type { AlertsRoom } from '../alerts/alerts.ts'
import type { MapRoom } from '../map/map-state.ts'

/** The address holds the map's place, so that a reload and the way back restore it. */
export function keepMapInAddress({ router, map }: AlertsRoom & MapRoom): void {
  effect(() => {
    const view = router.query.value.get(QUERY.mapView)
    if (view !== undefined && view !== map.view.peek()) map.viewRequest.value = { kind: 'view', view }
  })
  effect(() => {
    const view = map.view.value
    if (view !== undefined && isDeskPage(router.address.peek())) router.setQuery({ [QUERY.mapView]: view })
  })
}
