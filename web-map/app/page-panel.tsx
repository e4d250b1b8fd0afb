import { PROPOSING_ROLES } from '../../model/access/roles.ts'
import type { ConditionView, WearerDetail } from '../../model/console/console.ts'
import { IncidentPage } from '../alerts/incident-page.tsx'
import { t } from '../i18n/language.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { NewZoneLink, TryLink } from '../trial/try-links.tsx'
import { ConditionsTab } from '../wearer/conditions-tab.tsx'
import { IncidentsTab } from '../wearer/incidents-tab.tsx'
import { LedgerPage } from '../wearer/ledger-page.tsx'
import { SummaryTab } from '../wearer/summary-tab.tsx'
import { TrackTab } from '../wearer/track-tab.tsx'
import { WearerTabs } from '../wearer/wearer-tabs.tsx'
import { Lazy } from '../widgets/lazy.tsx'
import { Icon } from '../widgets/marks.tsx'
import { ReasonForm } from '../widgets/reason-form.tsx'
import type { ConsoleState } from './console-state.ts'

const loadAccess = () => import('../klien/access-tab.tsx').then((room) => room.AccessTab)
const loadFile = () => import('../klien/file-tab.tsx').then((room) => room.FileTab)
const loadDevice = () => import('../alat/wearer-device-tab.tsx').then((room) => room.WearerDeviceTab)
const loadExplanation = () => import('../explanation/explanation-page.tsx').then((room) => room.ExplanationPage)
const loadTrial = () => import('../trial/trial-page.tsx').then((room) => room.TrialPage)

/** The page beside the map: an incident, or a wearer's file. */
export function PagePanel({ state }: { state: ConsoleState }) {
  const { router, file, desk } = state
  const address = router.address.value
  const wearer = state.chosenWearer.value
  const isIncident = address?.page === 'incident'
  return (
    <section class={`panel page-${panelPage(state)}`} aria-label={wearer ? state.nameOf(wearer) : undefined}>
      {!isIncident && <WearerHead state={state} />}
      <div class="panel-body">
        {file.problem.value && (
          <p class="problem" role="alert">
            {file.problem.value}
          </p>
        )}
        {file.reasonNeeded.value && (
          <ReasonForm onReason={(reason) => void file.giveReason(reason, desk.nowMs.value)} />
        )}
        {isIncident ? <IncidentPart state={state} /> : <WearerPart state={state} />}
      </div>
    </section>
  )
}

function panelPage({ router, file }: ConsoleState): string {
  const address = router.address.value
  if (address?.page !== 'incident') return file.page.value
  return address.why ? 'explanation' : 'incident'
}

function IncidentPart({ state }: { state: ConsoleState }) {
  const { router, explaining } = state
  const address = router.address.value
  if (address?.page !== 'incident') return null
  if (address.why && explaining.incidentId.value === address.id)
    return <Lazy key={`why ${address.id}`} load={loadExplanation} props={{ room: state }} />
  return <IncidentPage key={address.id} room={state} />
}

function WearerHead({ state }: { state: ConsoleState }) {
  const { router, desk, file } = state
  const wearer = state.chosenWearer.value
  const id = file.selectedId.value
  return (
    <header class="panel-head">
      <div>
        <h2>{wearer ? state.nameOf(wearer) : t('app.loading')}</h2>
        {wearer && (
          <p>
            {programmeWords(wearer.programme)} · {desk.unitName(wearer.unitPath)}
          </p>
        )}
      </div>
      <a class="quiet icon-only" title={t('panel.close')} href={router.hrefOf({ page: 'control-room' })}>
        <Icon name="close" />
        <span class="sr-only">{t('panel.close')}</span>
      </a>
      {id !== undefined && <WearerTabs room={state} wearerId={id} />}
    </header>
  )
}

function WearerPart({ state }: { state: ConsoleState }) {
  const { file, trial } = state
  const page = file.page.value
  const detail = file.detail.value
  if (page === 'rekap') return <LedgerPage room={state} />
  if (page === 'jejak') return <TrackTab room={state} />
  if (!detail) return file.busy.value.has('file') ? <p class="hint">{t('app.loading')}</p> : null
  if (page === 'berkas')
    return <Lazy key={`file ${detail.id}`} load={loadFile} props={{ room: state, wearerId: detail.id }} />
  if (page === 'alat') return <Lazy key={`device ${detail.id}`} load={loadDevice} props={{ room: state, detail }} />
  if (page === 'akses')
    return <Lazy key={`access ${detail.id}`} load={loadAccess} props={{ room: state, wearerId: detail.id }} />
  if (page === 'trial')
    return trial.draft.value ? (
      <Lazy key={trial.condition.value?.id} load={loadTrial} props={{ room: state }} />
    ) : (
      <p class="hint">{t('app.loading')}</p>
    )
  if (page === 'ketentuan') return <Conditions state={state} detail={detail} />
  if (page === 'insiden') return <IncidentsTab room={state} detail={detail} />
  return <SummaryTab room={state} detail={detail} />
}

function Conditions({ state, detail }: { state: ConsoleState; detail: WearerDetail }) {
  const role = state.session.me.value?.role
  const mayTry = role !== undefined && PROPOSING_ROLES.has(role)
  const tries = ({ kind }: ConditionView) => mayTry && kind !== 'neutral'
  return (
    <ConditionsTab
      room={state}
      detail={detail}
      conditionAct={(condition) =>
        tries(condition) && <TryLink room={state} wearerId={detail.id} condition={condition} />
      }
      conditionsAct={mayTry && <NewZoneLink room={state} wearerId={detail.id} />}
    />
  )
}
