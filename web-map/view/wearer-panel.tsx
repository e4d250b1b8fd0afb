import type { ComponentChildren } from 'preact'
import type { WearerDetail } from '../../model/console.ts'
import type { ConsoleState } from '../console/console-state.ts'
import type { Bracelet } from '../live/live-state.ts'
import { t } from '../words/language.ts'
import { countWords, speedWords } from '../words/measure-words.ts'
import { ageWords, dateWords, momentWords } from '../words/time-words.ts'
import { windowsWords } from '../words/window-words.ts'
import { Icon, StateMark } from './marks.tsx'
import { ReasonForm } from './reason-form.tsx'

const DAY_MS = 86_400_000

export function WearerPanel({ state }: { state: ConsoleState }) {
  const { file } = state
  const detail = file.detail.value
  state.rosterVersion.value
  const summary = detail ?? [...state.live.wearers.values()].find((wearer) => wearer.id === file.selectedId.value)
  return (
    <section class="panel" aria-label={summary?.name}>
      <header class="panel-head">
        <div>
          <h2>{summary?.name ?? t('app.loading')}</h2>
          {summary && (
            <p>
              {summary.programme} · {state.unitName(summary.unitPath)}
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
        {file.reasonFor.value && <ReasonForm state={state} />}
        {detail ? (
          <Detail state={state} detail={detail} />
        ) : (
          file.loading.value && <p class="hint">{t('app.loading')}</p>
        )}
      </div>
    </section>
  )
}

function Detail({ state, detail }: { state: ConsoleState; detail: WearerDetail }) {
  state.positionsVersion.value
  const bracelet = state.live.bracelets.get(detail.n)
  const nowMs = state.nowMs.value
  const timeZone = state.timeZoneOf(detail.unitPath)
  const incidents = state.openIncidents.value.filter((incident) => incident.wearer.id === detail.id)
  const daysLeft = Math.ceil((detail.supervisionEndsMs - nowMs) / DAY_MS)
  return (
    <>
      <Last state={state} detail={detail} bracelet={bracelet} timeZone={timeZone} />
      <TrackSwitch state={state} />
      <h3>{t('panel.incidents')}</h3>
      {incidents.length === 0 && <p class="hint">{t('panel.noIncidents')}</p>}
      <ul class="panel-incidents">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <StateMark state={incident.severity} size={16} />
            <span>{t(`type.${incident.type}`)}</span>
            <small>{momentWords(incident.startMs, nowMs, timeZone)}</small>
          </li>
        ))}
      </ul>
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
          </li>
        ))}
      </ul>
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
        <Row term={t('panel.programme')}>{detail.programme}</Row>
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

/** The live feed's word where there is one, else what the file said when it was opened. */
function Last(props: { state: ConsoleState; detail: WearerDetail; bracelet: Bracelet | undefined; timeZone: string }) {
  const { state, detail, bracelet, timeZone } = props
  const last = bracelet ?? detail.last
  if (!last) return <p class="hint">{t('panel.noLast')}</p>
  const nowMs = state.nowMs.value
  const battery = bracelet
    ? bracelet.batteryPercent <= 100
      ? bracelet.batteryPercent
      : undefined
    : detail.last?.batteryPercent
  return (
    <div class="last">
      <div class="last-facts">
        <Fact
          label={t('panel.lastReport')}
          value={ageWords(last.timeMs, nowMs)}
          more={momentWords(last.timeMs, nowMs, timeZone)}
        />
        <Fact
          label={t('panel.accuracy')}
          value={last.accuracyM === undefined ? '–' : `±${Math.round(last.accuracyM)} m`}
          more={bracelet && !bracelet.fixValid ? t('panel.noFix') : ''}
        />
        <Fact
          label={t('panel.battery')}
          value={battery === undefined ? '–' : `${battery} %`}
          more={bracelet?.charging === 2 ? t('panel.charging') : ''}
          warn={battery !== undefined && battery <= 20 && bracelet?.charging !== 2}
        />
        {bracelet?.speedMps !== undefined && (
          <Fact label={t('panel.speed')} value={speedWords(bracelet.speedMps)} more="" />
        )}
      </div>
      <button
        type="button"
        class="quiet"
        onClick={() => (state.errand.value = { kind: 'wearer', n: detail.n, latDeg: last.latDeg, lonDeg: last.lonDeg })}
      >
        <Icon name="target" size={16} />
        {t('panel.centre')}
      </button>
    </div>
  )
}

function Fact({ label, value, more, warn }: { label: string; value: string; more: string; warn?: boolean }) {
  return (
    <p class={warn ? 'fact warn' : 'fact'}>
      <span>{label}</span>
      <b>{value}</b>
      {more && <small>{more}</small>}
    </p>
  )
}

function TrackSwitch({ state }: { state: ConsoleState }) {
  const { file } = state
  const track = file.track.value
  return (
    <div class="track-switch">
      <div>
        <b>{t('panel.track')}</b>
        <small>
          {track === undefined
            ? t('panel.trackNote')
            : track.points.length === 0
              ? t('panel.trackEmpty')
              : t('panel.trackCount', {
                  count: countWords(track.points.length),
                  archived: countWords(track.archived),
                  invalid: countWords(track.invalid),
                })}
        </small>
      </div>
      <button
        type="button"
        disabled={file.trackLoading.value}
        onClick={() => (track ? file.hideTrack() : void file.showTrack(state.nowMs.value))}
      >
        <Icon name="track" size={16} />
        {file.trackLoading.value ? t('app.loading') : t(track ? 'panel.hideTrack' : 'panel.showTrack')}
      </button>
    </div>
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
