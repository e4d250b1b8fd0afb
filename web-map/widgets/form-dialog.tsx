import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'

type Props = {
  title: string
  /** What the button that does it says. */
  action: string
  /** Something that is not taken back: the button says so by its colour. */
  grave?: boolean
  children: ComponentChildren
  /** Gives what went wrong, in words; nothing: it is done, and the dialog closes. */
  onSubmit(fields: FormData): Promise<string | undefined>
  onClose(): void
}

/** Asks for what an act needs. What is typed stays until it is done; the focus returns to where it was. */
export function FormDialog({ title, action, grave = false, children, onSubmit, onClose }: Props) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null
    dialog.current?.showModal()
    return () => opener?.focus()
  }, [])
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    busy.value = true
    problem.value = undefined
    try {
      problem.value = await onSubmit(new FormData(event.currentTarget as HTMLFormElement))
    } finally {
      busy.value = false
    }
    if (problem.value === undefined) dialog.current?.close()
  }
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby={id}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{title}</h2>
        {children}
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t('act.cancel')}
          </button>
          <button type="submit" class={grave ? 'primary grave' : 'primary'} disabled={busy.value}>
            {busy.value ? t('act.saving') : action}
          </button>
        </div>
      </form>
    </dialog>
  )
}
