import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/language.ts'
import { ApiFailure, failureWords } from '../session/request.ts'
import { LanguageSwitch } from '../widgets/language-switch.tsx'
import { Logo } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

const PASSWORD_CHARS_MIN = 12

type Step = 'looking' | 'asking' | 'saving' | 'saved' | 'over'

/** Where a one-time link leads: the officer sets a password. What follows # in the address is the secret; it is sent in bodies only. */
export function InvitationPage({ state }: { state: ConsoleState }) {
  const token = useRef(window.location.hash.slice(1)).current
  const step = useSignal<Step>('looking')
  const invited = useSignal<{ name: string; username: string } | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)

  const failed = (failure: unknown, back: Step): void => {
    const over =
      failure instanceof ApiFailure && (failure.code === 'invitation_over' || failure.code === 'invalid_input')
    step.value = over ? 'over' : back
    problem.value = over ? undefined : failureWords(failure)
  }
  const look = async (): Promise<void> => {
    step.value = 'looking'
    problem.value = undefined
    try {
      invited.value = await state.api.lookAtInvitation(token)
      step.value = 'asking'
    } catch (failure) {
      failed(failure, 'looking')
    }
  }
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const password = String(fields.get('password'))
    problem.value = password === fields.get('again') ? undefined : t('invitation.different')
    if (problem.value !== undefined) return
    step.value = 'saving'
    try {
      await state.api.acceptInvitation(token, password)
      step.value = 'saved'
    } catch (failure) {
      failed(failure, 'asking')
    }
  }
  useEffect(() => void look(), [])

  return (
    <main class="login">
      <form class="login-card" onSubmit={(event) => void submit(event)} aria-labelledby="invitation-title">
        <div class="login-brand">
          <Logo size={44} />
          <div>
            <strong>{t('app.name')}</strong>
            <span>{t('app.subtitle')}</span>
          </div>
        </div>
        <h1 id="invitation-title">{t('invitation.title')}</h1>
        {step.value === 'looking' && problem.value === undefined && <p class="hint">{t('app.loading')}</p>}
        {step.value === 'over' && (
          <div class="login-note" role="alert">
            <strong>{t('invitation.over')}</strong>
            <p>{t('invitation.overHint')}</p>
          </div>
        )}
        {step.value === 'saved' && (
          <>
            <p role="status">{t('invitation.saved', { username: invited.value?.username ?? '' })}</p>
            <button class="primary" type="button" onClick={() => state.router.redirect({ page: 'home' })}>
              {t('login.submit')}
            </button>
          </>
        )}
        {(step.value === 'asking' || step.value === 'saving') && invited.value && (
          <Fields name={invited.value.name} username={invited.value.username} busy={step.value === 'saving'} />
        )}
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        {problem.value && step.value === 'looking' && (
          <button type="button" onClick={() => void look()}>
            {t('banner.retry')}
          </button>
        )}
        <div class="login-foot">
          <span>{t('login.footer')}</span>
          <LanguageSwitch preferences={state.preferences} />
        </div>
      </form>
    </main>
  )
}

function Fields({ name, username, busy }: { name: string; username: string; busy: boolean }) {
  const password = {
    type: 'password',
    autocomplete: 'new-password',
    minLength: PASSWORD_CHARS_MIN,
    maxLength: 128,
  } as const
  return (
    <>
      <p>{t('invitation.hello', { name })}</p>
      <label>
        <span>{t('login.username')}</span>
        <input name="username" autocomplete="username" value={username} readOnly />
      </label>
      <label>
        <span>{t('invitation.password')}</span>
        <input name="password" {...password} required autofocus aria-describedby="invitation-rule" />
      </label>
      <p class="hint" id="invitation-rule">
        {t('invitation.rule', { count: String(PASSWORD_CHARS_MIN) })}
      </p>
      <label>
        <span>{t('invitation.again')}</span>
        <input name="again" {...password} required />
      </label>
      <button class="primary" type="submit" disabled={busy}>
        {busy ? t('login.busy') : t('invitation.submit')}
      </button>
    </>
  )
}
