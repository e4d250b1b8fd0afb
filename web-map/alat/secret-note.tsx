import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'

/** A secret that is shown once. */
export function SecretNote({ title, secret }: { title: string; secret: string }) {
  const copied = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <div class="secret" role="status" tabIndex={-1} ref={box}>
      <h2>{title}</h2>
      <p>{t('alat.secretOnce')}</p>
      <p class="secret-line">
        <code>{secret}</code>
        <button
          type="button"
          onClick={() => void navigator.clipboard.writeText(secret).then(() => (copied.value = true))}
        >
          {copied.value ? t('form.copied') : t('form.copy')}
        </button>
      </p>
    </div>
  )
}
