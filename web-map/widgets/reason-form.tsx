import { useSignal } from '@preact/signals'
import { t } from '../i18n/language.ts'

/** The API takes no more. */
export const REASON_CHARACTERS = { min: 10, max: 500 }

/** Asks why the officer opens a klien who is not theirs; the words go into the access history. */
export function ReasonForm({ onReason }: { onReason: (reason: string) => void }) {
  const reason = useSignal('')
  const short = reason.value.trim().length < REASON_CHARACTERS.min
  return (
    <form
      class="reason"
      onSubmit={(event) => {
        event.preventDefault()
        if (!short) onReason(reason.value.trim())
      }}
    >
      <label class="field">
        <b>{t('panel.reasonTitle')}</b>
        <small>{t('panel.reasonHint')}</small>
        <textarea
          name="reason"
          rows={3}
          maxLength={REASON_CHARACTERS.max}
          value={reason.value}
          onInput={(e) => (reason.value = e.currentTarget.value)}
        />
      </label>
      <button
        type="submit"
        class="primary"
        disabled={short}
        title={short ? t('panel.reasonShort', { count: REASON_CHARACTERS.min }) : ''}
      >
        {t('panel.reasonSubmit')}
      </button>
    </form>
  )
}
