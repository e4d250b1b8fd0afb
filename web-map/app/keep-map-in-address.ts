import { effect } from '@preact/signals'
import { isDeskPage, QUERY } from '../address/router.ts'
import type { AlertsRoom } from '../alerts/alerts.ts'
import type { MapRoom } from '../map/map-state.ts'

/** Where the map is stands in the address, so that a reload and the way back find it again. */
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
