import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Guide, WearerFile } from '../../model/console/people.ts'
import { DAY_MS, dayAt, dayBeginsMs } from '../../model/plan/local-day.ts'
import { t } from '../i18n/language.ts'
import { ApiFailure, failureWords } from '../session/request.ts'
import { Field, FieldGroup, textsOf } from '../widgets/field.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { DecreeFields, GuideFields, IdentityFields, PersonFields } from './klien-fields.tsx'
import type { KlienRoom } from './room.ts'
import { type Similar, SimilarKlien } from './similar-klien.tsx'

/** Takes in a klien with the supervision. Who may be the same person is shown before anything is saved. */
export function IntakePage({ room }: { room: KlienRoom }) {
  const { api, desk, router, session } = room
  const me = session.me.value
  const { loaded: guides } = useLoaded(
    () => api.read<{ guides: Guide[] }>('/v1/guides'),
    'guides',
    () => session.expire(),
  )
  const key = useRef<string>(crypto.randomUUID())
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  const similar = useSignal<{ found: readonly Similar[]; same: boolean } | undefined>(undefined)
  const timeZone = desk.officerTimeZone

  const save = async (form: FormData, acceptSimilar: boolean): Promise<void> => {
    const asked = intakeOf(form, timeZone, desk.nowMs.value)
    problem.value = typeof asked === 'string' ? asked : undefined
    if (typeof asked === 'string') return
    busy.value = true
    try {
      const body = acceptSimilar ? { ...asked, acceptSimilar } : asked
      const { value } = await api.write<WearerFile>('POST', '/v1/wearers', body, { key: key.current })
      router.redirect({ page: 'wearer', id: value.id, tab: 'berkas' })
    } catch (failure) {
      // Another body is another write.
      key.current = crypto.randomUUID()
      if (failure instanceof ApiFailure && failure.status === 401) session.expire()
      const found = failure instanceof ApiFailure ? (failure.details.similar as Similar[] | undefined) : undefined
      if (found) similar.value = { found, same: (failure as ApiFailure).code === 'exists' }
      else problem.value = failureWords(failure)
    } finally {
      busy.value = false
    }
  }
  const form = useRef<HTMLFormElement>(null)

  return (
    <article class="form-page">
      <h1>{t('klien.intakeTitle')}</h1>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          similar.value = undefined
          void save(new FormData(event.currentTarget), false)
        }}
      >
        <FieldGroup title={t('klien.section.person')}>
          <IdentityFields />
          <Field
            label={t('klien.nik')}
            name="nik"
            required
            pattern="[0-9]{16}"
            inputMode="numeric"
            maxLength={16}
            autocomplete="off"
            hint={t('klien.nikHint')}
          />
        </FieldGroup>
        <FieldGroup title={t('klien.section.decree')}>
          <DecreeFields />
          <Field
            label={t('klien.begins')}
            name="from"
            type="date"
            required
            value={dayAt(desk.nowMs.peek(), timeZone)}
          />
          <Field label={t('klien.ends')} name="to" type="date" required hint={t('klien.endsHint')} />
        </FieldGroup>
        <FieldGroup title={t('klien.section.guide')}>
          {guides.value && (
            <GuideFields
              guides={guides.value.value.guides}
              required
              pk={me?.role === 'pk' ? me.officerId : undefined}
              asisten={me?.role === 'asisten_pk' ? me.officerId : undefined}
            />
          )}
        </FieldGroup>
        <PersonFields />
        {similar.value && (
          <SimilarKlien
            room={room}
            found={similar.value.found}
            same={similar.value.same}
            onOthers={() => {
              similar.value = undefined
              if (form.current?.reportValidity()) void save(new FormData(form.current), true)
            }}
          />
        )}
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <p class="form-actions">
          <a class="button" href={router.hrefOf({ page: 'wearers' })}>
            {t('act.cancel')}
          </a>
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? t('act.saving') : t('klien.take')}
          </button>
        </p>
      </form>
    </article>
  )
}

/** What the API takes; a sentence where the days cannot be. The day of the expiry is monitored to its end. */
function intakeOf(form: FormData, timeZone: string, nowMs: number): object | string {
  const { from, to, needs: _needs, ...texts } = textsOf(form)
  const needs = form.getAll('needs')
  const fromMs = dayBeginsMs(from ?? '', timeZone)
  const lastMs = dayBeginsMs(to ?? '', timeZone)
  if (fromMs === undefined || lastMs === undefined || lastMs < fromMs) return t('klien.endsBeforeBegin')
  const toMs = lastMs + DAY_MS
  if (toMs <= nowMs) return t('klien.endsPast')
  return { ...texts, fromMs, toMs, ...(needs.length > 0 && { needs }) }
}
