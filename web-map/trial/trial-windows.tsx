import type { WeeklyWindow } from '../../model/plan/plan.ts'
import type { MessageKey } from '../i18n/id.ts'
import { t } from '../i18n/language.ts'
import { zoneAbbreviation } from '../i18n/time-words.ts'
import { type TrialDraft, WINDOWS_MAX, withOneMore, withWindow } from './trial-draft.ts'

type Props = { draft: TrialDraft; timeZone: string; onChange: (draft: TrialDraft) => void }

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const

/** The hours in which the condition would hold; none: at all times. */
export function TrialWindows({ draft, timeZone, onChange }: Props) {
  return (
    <fieldset class="trial-windows">
      <legend>{t('trial.hours', { zone: zoneAbbreviation(timeZone) })}</legend>
      {draft.windows.length === 0 && <p class="hint">{t('window.always')}</p>}
      {draft.windows.map((window, i) => (
        <Window key={i} window={window} number={i + 1} onChange={(next) => onChange(withWindow(draft, i, next))} />
      ))}
      {draft.windows.length < WINDOWS_MAX && (
        <button type="button" onClick={() => onChange(withOneMore(draft))}>
          {t('trial.addHours')}
        </button>
      )}
    </fieldset>
  )
}

function Window(props: { window: WeeklyWindow; number: number; onChange: (window: WeeklyWindow | undefined) => void }) {
  const { window, number, onChange } = props
  const toggle = (day: number) => {
    const days = window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day].sort()
    if (days.length > 0) onChange({ ...window, days })
  }
  return (
    <fieldset class="trial-window" aria-label={t('trial.hoursNumber', { number })}>
      {window.onlyDates ? (
        <p class="hint">{t('trial.onDates')}</p>
      ) : (
        <div class="trial-days">
          {DAYS.map((day) => (
            <button
              key={day}
              type="button"
              aria-pressed={window.days.includes(day)}
              title={t(`day.${day}` as MessageKey)}
              onClick={() => toggle(day)}
            >
              {t(`day.${day}` as MessageKey).slice(0, 3)}
              <span class="sr-only">{t(`day.${day}` as MessageKey).slice(3)}</span>
            </button>
          ))}
        </div>
      )}
      <div class="trial-times">
        <TimeField label={t('trial.from')} value={window.from} onChange={(from) => onChange({ ...window, from })} />
        <TimeField label={t('trial.to')} value={window.to} onChange={(to) => onChange({ ...window, to })} />
        <button type="button" class="quiet" onClick={() => onChange(undefined)}>
          {t('trial.removeHours')}
        </button>
      </div>
    </fieldset>
  )
}

const CLOCK = '([01]\\d|2[0-3])[.:][0-5]\\d|24[.:]00'

/** Written as on the rest of the console, 20.00; a browser's own field follows the browser's language instead. */
function TimeField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        required
        pattern={CLOCK}
        maxLength={5}
        title={t('trial.clockHint')}
        defaultValue={value.replace(':', '.')}
        onInput={(event) => {
          const { value: text, validity } = event.currentTarget
          if (validity.valid) onChange(text.replace('.', ':'))
        }}
      />
    </label>
  )
}
