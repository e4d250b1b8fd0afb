import { useSignalEffect } from '@preact/signals'
import { ActDialog } from '../alerts/act-dialog.tsx'
import { t } from '../i18n/language.ts'
import { MapPane } from '../map/map-pane.tsx'
import { Banners } from './banners.tsx'
import type { ConsoleState } from './console-state.ts'
import { Header } from './header.tsx'
import { Login } from './login.tsx'
import { Sidebar } from './sidebar.tsx'
import { WearerPanel } from './wearer-panel.tsx'

/** The whole console: sign-in, or header, map, panel and lists. An ended session lies over the console, not instead of it. */
export function App({ state }: { state: ConsoleState }) {
  const phase = state.session.phase.value
  useSignalEffect(() => {
    const count = state.session.phase.value === 'active' ? state.alerts.untakenCount.value : 0
    const place = state.session.me.value?.unitName
    const ended = state.session.phase.value === 'expired' ? `⚠ ${t('login.endedTitle')} · ` : ''
    document.title = `${ended}${count > 0 ? `(${count}) ` : ''}${t('app.name')}${place ? ` · ${place}` : ''}`
  })
  if (phase === 'checking') {
    const problem = state.session.problem.value
    return <p class="loading">{problem ? `${problem} ${t('app.retrying')}` : t('app.loading')}</p>
  }
  if (phase === 'signedOut') return <Login state={state} />
  const panelOpen = state.file.selectedId.value !== undefined
  return (
    <>
      <div class={`console${panelOpen ? ' with-panel' : ''}`} inert={phase === 'expired'}>
        <Header state={state} />
        <Banners state={state} />
        <main class="desk">
          {panelOpen && <WearerPanel state={state} />}
          <MapPane room={state} sources={state.onMap} onWearer={(id) => state.file.open(id)} />
          <Sidebar state={state} />
        </main>
        <p class="sr-only" role="status" aria-live="polite">
          {state.alerts.arrivals.announcement.value}
        </p>
      </div>
      {state.alerts.question.value && (
        <ActDialog
          key={`${state.alerts.question.value.action} ${state.alerts.question.value.incident.id}`}
          room={state}
          question={state.alerts.question.value}
        />
      )}
      {phase === 'expired' && <Login state={state} />}
    </>
  )
}
