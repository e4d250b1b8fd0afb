import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'
import { Icon } from './marks.tsx'

/**
 * Head of a page of the panel. Takes the focus when the page opens, and gives it back to what opened it: the button with
 * `data-returns` of the same name, in the panel or, where there is none, anywhere.
 */
export function PageHead({ title, returns, onBack }: { title: string; returns: string; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  // At once: who leaves again before the next frame is given the focus back, too.
  useLayoutEffect(() => {
    heading.current?.focus()
    return () => void requestAnimationFrame(() => giveFocusBack(returns))
  }, [])
  return (
    <div class="page-head">
      <button type="button" class="quiet" onClick={onBack}>
        <Icon name="back" size={16} />
        {t('panel.back')}
      </button>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
    </div>
  )
}

function giveFocusBack(returns: string): void {
  if (document.activeElement !== document.body) return
  const button = `[data-returns="${CSS.escape(returns)}"]`
  const opener = document.querySelector<HTMLElement>(`.panel ${button}`) ?? document.querySelector<HTMLElement>(button)
  opener?.focus()
}
