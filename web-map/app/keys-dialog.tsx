import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'
import { KEYS } from './use-keys.ts'

const CAPS: Record<(typeof KEYS)[number], string> = {
  j: 'J',
  k: 'K',
  enter: 'Enter',
  t: 'T',
  s: 'S',
  c: 'C',
  e: 'E',
  slash: '/',
  escape: 'Esc',
  help: '?',
}

/** What the keys do. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog keys" onClose={onClose} aria-labelledby="keys-title">
      <form method="dialog">
        <h2 id="keys-title">{t('keys.title')}</h2>
        <dl>
          {KEYS.map((key) => (
            <div key={key}>
              <dt>
                <kbd>{CAPS[key]}</kbd>
              </dt>
              <dd>{t(`keys.${key}`)}</dd>
            </div>
          ))}
        </dl>
        <div class="dialog-actions">
          <button type="submit" class="primary">
            {t('notice.close')}
          </button>
        </div>
      </form>
    </dialog>
  )
}
