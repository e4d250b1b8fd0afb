import { useSignal } from '@preact/signals'
import type { ConsoleState } from '../console/console-state.ts'
import { t } from '../words/language.ts'

const REASON_CHARACTERS_MIN = 10

/** Asks why the officer opens a klien who is not theirs; the words go into the access history. */
export function ReasonForm({ state }: { state: ConsoleState }) {
  const reason = useSignal('')
  const short = reason.value.trim().length < REASON_CHARACTERS_MIN
  return (
    <form
      class="reason"
      onSubmit={(event) => {
        event.preventDefault()
        if (!short) void state.file.giveReason(reason.value.trim(), state.nowMs.value)
      }}
    >
      <label class="field">
        <b>{t('panel.reasonTitle')}</b>
        <small>{t('panel.reasonHint')}</small>
        <textarea
          name="reason"
          rows={3}
          maxLength={1000}
          value={reason.value}
          onInput={(e) => (reason.value = e.currentTarget.value)}
        />
      </label>
      <button
        type="submit"
        class="primary"
        disabled={short}
        title={short ? t('panel.reasonShort', { count: REASON_CHARACTERS_MIN }) : ''}
      >
        {t('panel.reasonSubmit')}
      </button>
    </form>
  )
}
