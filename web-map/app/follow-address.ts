import { effect, untracked } from '@preact/signals'
import { type Address, NEW_ZONE_ID } from '../../model/console/addresses.ts'
import { placeOfIncident } from '../alerts/incident-place.ts'
import type { ExplanationRoom } from '../explanation/room.ts'
import { t } from '../i18n/language.ts'
import type { TrialRoom } from '../trial/room.ts'
import { landingOf } from './landing.ts'

type Rooms = ExplanationRoom & TrialRoom

/** Opens what the address names; once for each address and officer. */
export function followAddress(state: Rooms): void {
  const { router, desk } = state
  effect(() => {
    const address = router.address.value
    if (desk.seated.value !== undefined) untracked(() => open(state, address))
  })
}

function open(state: Rooms, address: Address | undefined): void {
  const { session, router, alerts, file } = state
  if (address?.page !== 'incident') alerts.selectedId.value = alerts.bringProblem.value = undefined
  switch (address?.page) {
    case 'home':
      router.redirect(landingOf(session.me.value!.role))
      break
    case 'incident':
      void openIncident(state, address.id, address.why)
      break
    case 'wearer': {
      showWearer(state, address.id)
      file.turnTo(address.tab)
      if (address.tab === 'rekap') void openLedger(state, address.id)
      if (address.tab === 'jejak') void file.showTrack(state.desk.nowMs.value)
      else file.hideTrack()
      break
    }
    case 'trial':
      showWearer(state, address.id)
      void openTrial(state, address)
      break
    default:
      file.close()
  }
}

/** Takes the map to the wearer when their file is opened, not when its pages are turned. */
function showWearer({ file, map, router }: Rooms, id: string): void {
  if (file.selectedId.value === id) return
  file.open(id)
  if (router.arrivedWithView) return
  const { handCount } = map
  void file.whenKnown().then((detail) => {
    if (detail && map.handCount === handCount) map.viewRequest.value = { kind: 'wearer', n: detail.n }
  })
}

async function openIncident(state: Rooms, id: string, why: boolean): Promise<void> {
  const { desk, alerts, file, map, explaining, router } = state
  const before = alerts.selectedId.value
  const incident = await alerts.bring(id)
  if (!incident || alerts.selectedId.value !== id) return
  const { wearer } = incident
  if (wearer === undefined) {
    file.close()
    return
  }
  file.open(wearer.id)
  if (before !== id && !router.arrivedWithView) {
    const place = placeOfIncident(incident)
    map.viewRequest.value = place ? { kind: 'place', ...place } : { kind: 'wearer', n: wearer.n }
  }
  if (why) await explaining.open(id, desk.nowMs.value)
}

async function openLedger({ desk, file, minutes }: Rooms, id: string): Promise<void> {
  // The weeks are those of the klien's place, which the file says.
  file.turnTo('rekap')
  const detail = await file.whenKnown()
  if (detail?.id !== id || file.page.value !== 'rekap') return
  await minutes.open(minutes.weeks.value, desk.timeZoneOf(detail.unitPath), desk.nowMs.value)
}

async function openTrial(state: Rooms, { id, conditionId }: { id: string; conditionId: string }): Promise<void> {
  const { desk, file, map, router, trial } = state
  file.turnTo('trial')
  const detail = await file.whenKnown()
  const address = router.address.value
  if (detail?.id !== id || address?.page !== 'trial' || address.conditionId !== conditionId) return
  if (conditionId === NEW_ZONE_ID) {
    const place = map.centre.value ?? detail.last
    const timeZone = desk.timeZoneOf(detail.unitPath)
    if (place) trial.openNew(t('trial.newZone'), place, detail.unitPath, timeZone)
    return
  }
  const condition = detail.conditions.find((one) => one.id === conditionId)
  if (condition) trial.open(condition)
  else router.redirect({ page: 'wearer', id, tab: 'ketentuan' })
}
