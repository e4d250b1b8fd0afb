import { useEffect } from 'preact/hooks'
import type { Bench } from '../../model/console/people.ts'
import { isMessageKey, t } from '../i18n/language.ts'
import { ageWords, clockSecondsWords } from '../i18n/time-words.ts'
import { failureWords } from '../session/request.ts'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import type { AlatRoom } from './room.ts'

const ASKED_EVERY_MS = 3000

/** What the device says now, and whether it is fit to be put on somebody. */
export function BenchPanel({ room, id }: { room: AlatRoom; id: number }) {
  const { api, session, desk } = room
  const path = `/v1/bracelets/${id}/test`
  const { loaded, problem, again } = useLoaded(
    () => api.read<Bench>(path),
    path,
    () => session.expire(),
  )
  const bench = loaded.value?.value
  const runs = (bench?.testedForMs ?? 0) > 0
  useEffect(() => {
    if (!runs) return
    const timer = window.setInterval(() => void again(), ASKED_EVERY_MS)
    return () => window.clearInterval(timer)
  }, [runs])
  const start = async (): Promise<void> => {
    try {
      await api.write('POST', path, {})
      await again()
    } catch (failure) {
      problem.value = failureWords(failure)
    }
  }
  if (!bench) return problem.value ? <Problem>{problem.value}</Problem> : <p class="hint">{t('app.loading')}</p>
  const { state } = bench
  const fit = state.unfit.length === 0
  return (
    <section class="bench" aria-labelledby="bench-title">
      <h2 id="bench-title">{t('alat.testTitle')}</h2>
      {problem.value && <Problem>{problem.value}</Problem>}
      <p class="panel-acts">
        <button type="button" class={runs ? '' : 'primary'} onClick={() => void start()}>
          {t('alat.testStart')}
        </button>
        <span class="hint">{t(runs ? 'alat.testing' : 'alat.testIdle')}</span>
      </p>
      <div class={`verdict ${fit ? 'fit' : 'unfit'}`} role="status">
        <b>{t(fit ? 'alat.fit' : 'alat.notFit')}</b>
        {!fit && (
          <ul>
            {state.unfit.map((one) => (
              <li key={one}>{t(`alat.unfit.${one}`)}</li>
            ))}
          </ul>
        )}
      </div>
      <dl class="fact-row">
        <Fact words={t('alat.last')} value={state.lastMs && ageWords(state.lastMs, desk.nowMs.value)} />
        <Fact words={t('alat.rate')} value={String(state.reportsPerMinute).replace('.', ',')} />
        <Fact words={t('alat.battery')} value={state.batteryPercent !== undefined && `${state.batteryPercent} %`} />
        <Fact words={t('alat.strap')} value={state.strap && t(`alat.contact.${state.strap}`)} />
        <Fact words={t('alat.case')} value={state.case && t(`alat.contact.${state.case}`)} />
        <Fact words={t('alat.accuracy')} value={state.accuracyM !== undefined && `±${Math.round(state.accuracyM)} m`} />
        <Fact words={t('alat.satellites')} value={state.satellites} />
      </dl>
      {bench.reports.length > 0 && <Frames bench={bench} timeZone={desk.officerTimeZone} />}
      {bench.refusals.length > 0 && (
        <>
          <h3>{t('alat.refused')}</h3>
          <ul>
            {bench.refusals.map(({ reason, detail, reports }) => (
              <li key={reason}>
                {t('alat.refusedLine', { reports, reason: refusalWords(reason) })} {detail && <small>{detail}</small>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export function refusalWords(reason: string): string {
  const key = `alat.refusal.${reason}`
  return isMessageKey(key) ? t(key) : reason
}

function Fact({ words, value }: { words: string; value: string | number | false | undefined }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{value || value === 0 ? value : '–'}</dd>
    </div>
  )
}

function Frames({ bench, timeZone }: { bench: Bench; timeZone: string }) {
  return (
    <>
      <h3>{t('alat.frames')}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls and holds no link is reached by keyboard */}
      <section class="table-frame" aria-label={t('alat.frames')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('alat.frame.time')}</th>
              <th scope="col">{t('alat.frame.fix')}</th>
              <th scope="col">{t('alat.accuracy')}</th>
              <th scope="col">{t('alat.battery')}</th>
              <th scope="col">{t('alat.strap')}</th>
              <th scope="col">{t('alat.frame.alarms')}</th>
            </tr>
          </thead>
          <tbody>
            {bench.reports.map((one) => (
              <tr key={`${one.receivedMs} ${one.timeMs}`}>
                <td>{clockSecondsWords(one.receivedMs, timeZone)}</td>
                <td>{t(one.fixValid ? 'alat.frame.yes' : 'alat.frame.no')}</td>
                <td>{one.accuracyM === undefined ? '–' : `±${Math.round(one.accuracyM)} m`}</td>
                <td>{one.batteryPercent === undefined ? '–' : `${one.batteryPercent} %`}</td>
                <td>{one.strap ? t(`alat.contact.${one.strap}`) : '–'}</td>
                <td>
                  {one.alarms.map((alarm) => t(`alat.meaning.${alarm}`)).join(', ') || '–'}
                  {one.unknownAlarm && ` (${one.unknownAlarm})`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
