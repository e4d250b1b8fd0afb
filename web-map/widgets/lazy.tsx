import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { t } from '../i18n/language.ts'

type Props<P> = { load: () => Promise<ComponentType<P>>; props: P }

/** A page whose script comes when it is first shown. One that does not come is said: the line is gone, or a newer console is out. */
export function Lazy<P extends object>({ load, props }: Props<P>) {
  const loaded = useSignal<{ Page: ComponentType<P> } | 'failed' | undefined>(undefined)
  useEffect(() => {
    let wanted = true
    load().then(
      (Page) => {
        if (wanted) loaded.value = { Page }
      },
      (failure: unknown) => {
        if (!(failure instanceof TypeError)) throw failure
        if (wanted) loaded.value = 'failed'
      },
    )
    return () => {
      wanted = false
    }
  }, [])
  if (loaded.value === undefined) return <p class="hint">{t('app.loading')}</p>
  if (loaded.value === 'failed')
    return (
      <div class="problem" role="alert">
        <p>{t('app.pageFailed')}</p>
        <button type="button" onClick={() => window.location.reload()}>
          {t('banner.retry')}
        </button>
      </div>
    )
  const { Page } = loaded.value
  return <Page {...props} />
}
