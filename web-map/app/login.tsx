import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { LanguageSwitch } from '../widgets/language-switch.tsx'
import { Logo } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

/** The sign-in form: by itself, or over the console of an ended session and whatever dialog was open there. */
export function Login({ state }: { state: ConsoleState }) {
  if (state.session.phase.value !== 'expired')
    return (
      <main class="login">
        <LoginForm state={state} />
      </main>
    )
  return <LoginOver state={state} />
}

function LoginOver({ state }: { state: ConsoleState }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // Escape, where it heeds no `closedby`, would close this and the form below it that somebody was writing in.
    const keep = (event: KeyboardEvent) => event.key === 'Escape' && event.preventDefault()
    window.addEventListener('keydown', keep, true)
    return () => window.removeEventListener('keydown', keep, true)
  }, [])
  return (
    <dialog
      ref={dialog}
      class="login over"
      closedby="none"
      aria-labelledby="login-title"
      onClose={() => dialog.current?.showModal()}
    >
      <LoginForm state={state} />
    </dialog>
  )
}

function LoginForm({ state }: { state: ConsoleState }) {
  const { session } = state
  const expired = session.phase.value === 'expired'
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    void session.signIn(String(fields.get('username')), String(fields.get('password')))
  }
  return (
    <form class="login-card" onSubmit={submit} aria-labelledby="login-title">
      <div class="login-brand">
        <Logo size={44} />
        <div>
          <strong>{t('app.name')}</strong>
          <span>{t('app.subtitle')}</span>
        </div>
      </div>
      <h1 id="login-title">{t('login.title')}</h1>
      {expired && (
        <div class="login-note" role="alert">
          <strong>{t('login.expired', { time: endedWords(state) })}</strong>
          <p>{t('login.silent')}</p>
          <p>{t('login.continue')}</p>
        </div>
      )}
      <label>
        <span>{t('login.username')}</span>
        <input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
      </label>
      <label>
        <span>{t('login.password')}</span>
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {session.problem.value && (
        <p class="problem" role="alert">
          {session.problem.value}
        </p>
      )}
      <button class="primary" type="submit" disabled={session.busy.value}>
        {session.busy.value ? t('login.busy') : t('login.submit')}
      </button>
      <div class="login-foot">
        <span>{t('login.footer')}</span>
        <LanguageSwitch preferences={state.preferences} />
      </div>
    </form>
  )
}

function endedWords({ sessionEnd, desk: { nowMs, officerTimeZone } }: ConsoleState): string {
  return momentWords(sessionEnd.sinceMs.value ?? nowMs.value, nowMs.value, officerTimeZone)
}
