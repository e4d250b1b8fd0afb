import type { ComponentChildren } from 'preact'
import { PROPOSING_ROLES, type WearerDetail } from '../../model/console/console.ts'
import type { ConsoleState } from '../app/console-state.ts'
import { ExplanationPage } from '../explanation/explanation-page.tsx'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { dateWords, momentWords } from '../i18n/time-words.ts'
import { windowsWords } from '../i18n/window-words.ts'
import { NewZoneButton } from '../trial/new-zone-button.tsx'
import { TrialPage } from '../trial/trial-page.tsx'
import { Icon } from '../widgets/marks.tsx'
import { ReasonForm } from '../widgets/reason-form.tsx'
import { LedgerPage } from './ledger-page.tsx'
import { PanelIncidents } from './panel-incidents.tsx'
import { LastReport, LedgerSwitch, TrackSwitch } from './wearer-facts.tsx'

const DAY_MS = 86_400_000

export function WearerPanel({ state }: { state: ConsoleState }) {
  const { file } = state
  const detail = file.detail.value
  state.rosterVersion.value
  const summary = detail ?? [...state.live.wearers.values()].find((wearer) => wearer.id === file.selectedId.value)
  return (
    <section class={`panel page-${file.page.value}`} aria-label={summary?.name}>
      <header class="panel-head">
        <div>
          <h2>{summary?.name ?? t('app.loading')}</h2>
          {summary && (
            <p>
              {programmeWords(summary.programme)} · {state.unitName(summary.unitPath)}
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
        {file.reasonNeeded.value && <ReasonForm state={state} />}
        <Page state={state} detail={detail} />
      </div>
    </section>
  )
}

function Page({ state, detail }: { state: ConsoleState; detail: WearerDetail | undefined }) {
  const page = state.file.page.value
  if (page === 'explanation') return <ExplanationPage key={state.explaining.incidentId.value} state={state} />
  if (page === 'ledger') return <LedgerPage state={state} />
  if (page === 'trial' && state.trial.draft.value)
    return <TrialPage key={state.trial.condition.value?.id} state={state} />
  if (detail) return <Detail state={state} detail={detail} />
  return state.file.busy.value.has('file') ? <p class="hint">{t('app.loading')}</p> : null
}

function Detail({ state, detail }: { state: ConsoleState; detail: WearerDetail }) {
  state.listsVersion.value
  const bracelet = state.live.bracelets.get(detail.n)
  const nowMs = state.nowMs.value
  const timeZone = state.timeZoneOf(detail.unitPath)
  const incidents = state.openIncidents.value.filter((incident) => incident.wearer?.id === detail.id)
  const role = state.session.me.value?.role
  const mayTry = role !== undefined && PROPOSING_ROLES.has(role)
  const daysLeft = Math.ceil((detail.supervisionEndsMs - nowMs) / DAY_MS)
  return (
    <>
      <LastReport state={state} detail={detail} bracelet={bracelet} timeZone={timeZone} />
      <TrackSwitch state={state} />
      <PanelIncidents state={state} incidents={incidents} timeZone={timeZone} />
      <LedgerSwitch state={state} timeZone={timeZone} />
      <h3>{t('panel.conditions')}</h3>
      {detail.conditions.length === 0 && <p class="hint">{t('panel.noConditions')}</p>}
      <ul class="conditions">
        {detail.conditions.map((condition) => (
          <li key={condition.id} class={`zone-${condition.kind}`}>
            <b>
              {t(`kind.${condition.kind}`)}: {condition.zoneName}
            </b>
            {windowsWords(condition.windows, condition.timeZone).map((words) => (
              <span key={words}>{words}</span>
            ))}
            <small>{t('panel.legalBasis', { basis: condition.legalBasis })}</small>
            {mayTry && condition.kind !== 'neutral' && (
              <button
                type="button"
                class="quiet why"
                data-returns={`trial ${condition.id}`}
                onClick={() => state.trial.open(condition)}
              >
                {t('trial.open')}
                <span class="sr-only"> {condition.zoneName}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayTry && <NewZoneButton state={state} detail={detail} timeZone={timeZone} />}
      {detail.permits.length > 0 && <h3>{t('panel.permits')}</h3>}
      <ul class="conditions">
        {detail.permits.map((permit) => (
          <li key={permit.id} class="permit">
            <span>
              {t('panel.permitSpan', {
                from: momentWords(permit.fromMs, nowMs, timeZone),
                to: momentWords(permit.toMs, nowMs, timeZone),
              })}
            </span>
            <small>{t('panel.legalBasis', { basis: permit.legalBasis })}</small>
          </li>
        ))}
      </ul>
      <h3>{t('panel.section.supervision')}</h3>
      <dl>
        <Row term={t('panel.programme')}>{programmeWords(detail.programme)}</Row>
        <Row term={t('panel.sk')}>{detail.skNumber}</Row>
        <Row term={t('panel.supervision')}>
          {t('panel.supervisionSpan', {
            from: dateWords(detail.supervisionBeginsMs, timeZone),
            to: dateWords(detail.supervisionEndsMs, timeZone),
          })}
          <small>{daysLeft > 0 ? t('panel.daysLeft', { days: countWords(daysLeft) }) : t('panel.ended')}</small>
        </Row>
        <Row term={t('panel.pk')}>{detail.pkName}</Row>
        <Row term={t('panel.nik')}>{detail.nikMasked}</Row>
        <Row term={t('panel.bracelet')}>
          {detail.bracelet
            ? t('panel.braceletSince', {
                device: detail.bracelet.deviceId,
                model: detail.bracelet.model,
                date: dateWords(detail.bracelet.sinceMs, timeZone),
              })
            : t('panel.noBracelet')}
        </Row>
      </dl>
    </>
  )
}

function Row({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}
