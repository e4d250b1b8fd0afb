import { useSignal, useSignalEffect } from '@preact/signals'
import type { AlatPart } from '../../model/console/addresses.ts'
import { isDeskPage, QUERY } from '../address/router.ts'
import { ActDialog } from '../alerts/act-dialog.tsx'
import { t } from '../i18n/language.ts'
import { MapPane } from '../map/map-pane.tsx'
import { Lazy } from '../widgets/lazy.tsx'
import { AccountPage } from './account-page.tsx'
import { Banners } from './banners.tsx'
import type { ConsoleState } from './console-state.ts'
import { DeskLists } from './desk-lists.tsx'
import { Header } from './header.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { Login } from './login.tsx'
import { NoPage } from './no-page.tsx'
import { PagePanel } from './page-panel.tsx'
import { Rail } from './rail.tsx'
import { useKeys } from './use-keys.ts'

const loadAlat = () => import('../alat/alat-page.tsx').then((room) => room.AlatPage)
const loadEditKlien = () => import('../klien/edit-page.tsx').then((room) => room.EditPage)
const loadIntake = () => import('../klien/intake-page.tsx').then((room) => room.IntakePage)
const loadInvitation = () => import('./invitation-page.tsx').then((room) => room.InvitationPage)
const loadReports = () => import('./reports-page.tsx').then((room) => room.ReportsPage)
const loadWearers = () => import('./wearers-page.tsx').then((room) => room.WearersPage)

const STOCK: AlatPart = 'stok'

/** The whole console: sign-in, or the page at the address. An ended session lies over the console, not instead of it. */
export function App({ state }: { state: ConsoleState }) {
  const phase = state.session.phase.value
  useSignalEffect(() => {
    const count = state.session.phase.value === 'active' ? state.alerts.untakenCount.value : 0
    const place = state.session.me.value?.unitName
    const ended = state.session.phase.value === 'expired' ? `⚠ ${t('login.endedTitle')} · ` : ''
    document.title = `${ended}${count > 0 ? `(${count}) ` : ''}${t('app.name')}${place ? ` · ${place}` : ''}`
  })
  if (state.router.address.value?.page === 'invitation') return <Lazy load={loadInvitation} props={{ state }} />
  if (phase === 'checking') {
    const problem = state.session.problem.value
    return <p class="loading">{problem ? `${problem} ${t('app.retrying')}` : t('app.loading')}</p>
  }
  if (phase === 'signedOut') return <Login state={state} />
  return <SignedIn state={state} />
}

function SignedIn({ state }: { state: ConsoleState }) {
  const { router, session, alerts } = state
  const address = router.address.value
  const wall = router.query.value.get(QUERY.wall) === 'ya' && isDeskPage(address)
  const keysShown = useSignal(false)
  useKeys(state, keysShown)
  const expired = session.phase.value === 'expired'
  const question = alerts.question.value
  return (
    <>
      <div class={`console${wall ? ' wall' : ''}`} inert={expired}>
        <a class="skip" href="#isi">
          {t(isDeskPage(address) ? 'nav.skipToQueue' : 'nav.skip')}
        </a>
        <Header state={state} onKeys={() => (keysShown.value = true)} />
        <Banners state={state} />
        <div class="frame">
          {!wall && <Rail state={state} />}
          {isDeskPage(address) ? <DeskPage state={state} /> : <FullPage state={state} />}
        </div>
        <p class="sr-only" role="status" aria-live="polite">
          {alerts.arrivals.announcement.value}
        </p>
      </div>
      {question && (
        <ActDialog
          key={`${question.action} ${question.incidents.map(({ id }) => id).join()}`}
          room={state}
          question={question}
        />
      )}
      {keysShown.value && <KeysDialog onClose={() => (keysShown.value = false)} />}
      {expired && <Login state={state} />}
    </>
  )
}

/** Lists, the page that is open, the map. */
function DeskPage({ state }: { state: ConsoleState }) {
  const { router } = state
  const panelOpen = router.address.value?.page !== 'control-room'
  return (
    <main class={`desk${panelOpen ? ' with-panel' : ''}`} id="isi" tabIndex={-1}>
      <h1 class="sr-only">{t('nav.control-room')}</h1>
      <DeskLists state={state} />
      {panelOpen && <PagePanel state={state} />}
      <MapPane
        room={state}
        sources={state.onMap}
        onWearer={(id) => router.go({ page: 'wearer', id, tab: 'ringkas' })}
      />
    </main>
  )
}

function FullPage({ state }: { state: ConsoleState }) {
  const address = state.router.address.value
  const page = address?.page
  return (
    <main class="page" id="isi" tabIndex={-1}>
      {page === 'wearers' ? (
        <Lazy key={page} load={loadWearers} props={{ state }} />
      ) : page === 'intake' ? (
        <Lazy key={page} load={loadIntake} props={{ room: state }} />
      ) : address?.page === 'edit-klien' ? (
        <Lazy key={`edit ${address.id}`} load={loadEditKlien} props={{ room: state, wearerId: address.id }} />
      ) : address?.page === 'bracelets' ? (
        <Lazy key={`alat ${address.part}`} load={loadAlat} props={{ room: state, part: address.part }} />
      ) : address?.page === 'bracelet' ? (
        <Lazy key={`alat ${address.id}`} load={loadAlat} props={{ room: state, part: STOCK, braceletId: address.id }} />
      ) : page === 'reports' ? (
        <Lazy key={page} load={loadReports} props={{ state }} />
      ) : page === 'account' ? (
        <AccountPage state={state} />
      ) : page === 'home' ? (
        <p class="hint">{t('app.loading')}</p>
      ) : (
        <NoPage state={state} />
      )}
    </main>
  )
}
