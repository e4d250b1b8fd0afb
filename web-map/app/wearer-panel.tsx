import type { ConditionView, WearerDetail } from '../../model/console/console.ts'
import { PROPOSING_ROLES } from '../../model/console/roles.ts'
import { ExplanationPage } from '../explanation/explanation-page.tsx'
import { t } from '../i18n/language.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { TrialPage } from '../trial/trial-page.tsx'
import { NewZoneButton, TryButton } from '../trial/try-buttons.tsx'
import { LedgerPage } from '../wearer/ledger-page.tsx'
import { WearerDetails } from '../wearer/wearer-details.tsx'
import { Icon } from '../widgets/marks.tsx'
import { ReasonForm } from '../widgets/reason-form.tsx'
import type { ConsoleState } from './console-state.ts'

export function WearerPanel({ state }: { state: ConsoleState }) {
  const { desk, file } = state
  const detail = file.detail.value
  const summary = state.chosenWearer.value
  return (
    <section class={`panel page-${file.page.value}`} aria-label={summary?.name}>
      <header class="panel-head">
        <div>
          <h2>{summary?.name ?? t('app.loading')}</h2>
          {summary && (
            <p>
              {programmeWords(summary.programme)} · {desk.unitName(summary.unitPath)}
            </p>
          )}
        </div>
        <button type="button" class="quiet icon-only" title={t('panel.close')} onClick={() => state.closeWearer()}>
          <Icon name="close" />
          <span class="sr-only">{t('panel.close')}</span>
        </button>
      </header>
      <div class="panel-body">
        {file.problem.value && (
          <p class="problem" role="alert">
            {file.problem.value}
          </p>
        )}
        {file.reasonNeeded.value && (
          <ReasonForm onReason={(reason) => void file.giveReason(reason, desk.nowMs.value)} />
        )}
        <Page state={state} detail={detail} />
      </div>
    </section>
  )
}

function Page({ state, detail }: { state: ConsoleState; detail: WearerDetail | undefined }) {
  const { file, trial } = state
  const page = file.page.value
  const onBack = () => state.stepBack()
  if (page === 'explanation')
    return <ExplanationPage key={state.explaining.incidentId.value} room={state} onBack={onBack} />
  if (page === 'ledger') return <LedgerPage room={state} onBack={onBack} />
  if (page === 'trial' && trial.draft.value)
    return <TrialPage key={trial.condition.value?.id} room={state} onBack={onBack} />
  if (detail) return <Details state={state} detail={detail} />
  return file.busy.value.has('file') ? <p class="hint">{t('app.loading')}</p> : null
}

function Details({ state, detail }: { state: ConsoleState; detail: WearerDetail }) {
  const role = state.session.me.value?.role
  const mayTry = role !== undefined && PROPOSING_ROLES.has(role)
  const tries = ({ kind }: ConditionView) => mayTry && kind !== 'neutral'
  return (
    <WearerDetails
      room={state}
      detail={detail}
      onExplain={(incident) => void state.explain(incident)}
      conditionAct={(condition) => tries(condition) && <TryButton room={state} condition={condition} />}
      conditionsAct={mayTry && <NewZoneButton room={state} detail={detail} />}
    />
  )
}
