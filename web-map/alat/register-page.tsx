import { useSignal } from '@preact/signals'
import type { Bracelet } from '../../model/console/people.ts'
import { PROTOCOL } from '../../model/report/report.ts'
import { t } from '../i18n/language.ts'
import { ApiFailure, failureWords } from '../session/request.ts'
import { Field, FieldGroup, SelectField, textsOf } from '../widgets/field.tsx'
import { Problem } from '../widgets/problem.tsx'
import type { AlatRoom } from './room.ts'
import { SecretNote } from './secret-note.tsx'

type Registered = { bracelet: Bracelet; secret?: string }

/** Registers a device; its secret, where its protocol has one, is shown once. */
export function RegisterPage({ room: { api, router, session, desk } }: { room: AlatRoom }) {
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  const done = useSignal<Registered | undefined>(undefined)
  const submit = async (form: FormData): Promise<void> => {
    busy.value = true
    problem.value = undefined
    try {
      done.value = (await api.write<Registered>('POST', '/v1/bracelets', bodyOf(form))).value
    } catch (failure) {
      problem.value = failureWords(failure)
      if (failure instanceof ApiFailure && failure.status === 401) session.expire()
    } finally {
      busy.value = false
    }
  }
  if (done.value) {
    const { bracelet, secret } = done.value
    return (
      <>
        {secret === undefined ? (
          <p role="status">{t('alat.noSecret')}</p>
        ) : (
          <SecretNote title={t('alat.secretTitle', { device: bracelet.deviceId })} secret={secret} />
        )}
        <p class="form-actions">
          <a class="button primary" href={router.hrefOf({ page: 'bracelet', id: bracelet.id })}>
            {t('alat.testTitle')}
          </a>
        </p>
      </>
    )
  }
  return (
    <form
      class="form-page"
      onSubmit={(event) => {
        event.preventDefault()
        void submit(new FormData(event.currentTarget))
      }}
    >
      <FieldGroup title={t('alat.register')}>
        <Field
          label={t('alat.device')}
          name="deviceId"
          required
          maxLength={64}
          pattern="[!-~]+"
          autocomplete="off"
          hint={t('alat.deviceHint')}
        />
        <Field label={t('alat.model')} name="model" required maxLength={120} />
        <SelectField
          label={t('alat.protocol')}
          name="protocol"
          required
          options={Object.keys(PROTOCOL).map((one) => [one, one])}
        />
        {desk.units.value.length > 1 && (
          <SelectField
            label={t('alat.filterUnit')}
            name="unitPath"
            options={desk.units.value.map(({ path, name }) => [path, name])}
          />
        )}
        <Field label={t('alat.sim')} name="simNumber" inputMode="tel" pattern="[0-9+]{5,25}" />
        <Field label={t('alat.simEnds')} name="simEnds" type="date" />
        <Field
          label={t('alat.utcOffset')}
          name="utcOffsetMinutes"
          type="number"
          min={-720}
          max={840}
          hint={t('alat.utcOffsetHint')}
        />
        <label class="check">
          <input type="checkbox" name="acceptBadChecksum" value="ya" /> {t('alat.badChecksum')}
        </label>
      </FieldGroup>
      {problem.value && <Problem>{problem.value}</Problem>}
      <p class="form-actions">
        <a class="button" href={router.hrefOf({ page: 'bracelets', part: 'stok' })}>
          {t('act.cancel')}
        </a>
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? t('act.saving') : t('alat.register')}
        </button>
      </p>
    </form>
  )
}

function bodyOf(form: FormData): object {
  const { utcOffsetMinutes, acceptBadChecksum, ...texts } = textsOf(form)
  const settings = {
    ...(utcOffsetMinutes !== undefined && { utcOffsetMinutes: Number(utcOffsetMinutes) }),
    ...(acceptBadChecksum !== undefined && { acceptBadChecksum: true }),
  }
  return { ...texts, ...(Object.keys(settings).length > 0 && { settings }) }
}
