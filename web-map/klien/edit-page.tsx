import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { mayDo } from '../../model/access/rights.ts'
import type { Guide, WearerFile, WearerVersion } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { ApiFailure, failureWords, type Tagged } from '../session/request.ts'
import { FieldGroup } from '../widgets/field.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { ReasonField } from '../widgets/reason-field.tsx'
import { changeOf } from './file-change.ts'
import { DecreeFields, GuideFields, IdentityFields, PersonFields } from './klien-fields.tsx'
import type { KlienRoom } from './room.ts'
import { ChangeList } from './version-list.tsx'

/** Writes the next version of a file. What a colleague wrote meanwhile is shown, and what was typed stays. */
export function EditPage({ room, wearerId }: { room: KlienRoom; wearerId: string }) {
  const { api, session } = room
  const path = `/v1/wearers/${wearerId}`
  const { loaded, problem } = useLoaded(
    () => api.read<WearerFile>(`${path}/file`),
    wearerId,
    () => session.expire(),
  )
  if (problem.value)
    return (
      <p class="problem" role="alert">
        {problem.value}
      </p>
    )
  if (!loaded.value) return <p class="hint">{t('app.loading')}</p>
  return <EditForm key={wearerId} room={room} path={path} opened={loaded.value} />
}

function EditForm({ room, path, opened }: { room: KlienRoom; path: string; opened: Tagged<WearerFile> }) {
  const { api, router, session } = room
  const role = session.me.value?.role
  const known = useRef(opened)
  const guides = useSignal<readonly Guide[] | undefined>(undefined)
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  /** The versions that came while the form was open, newest first, and the one before them. */
  const meanwhile = useSignal<readonly WearerVersion[]>([])
  const file = opened.value
  useEffect(() => {
    if (role !== undefined && mayDo(role, 'klien.assign_pk'))
      void api.read<{ guides: Guide[] }>('/v1/guides').then(
        ({ value }) => (guides.value = value.guides),
        (failure: unknown) => (problem.value = failureWords(failure)),
      )
  }, [])

  const showMeanwhile = async (): Promise<void> => {
    const before = known.current.value.version
    known.current = await api.read<WearerFile>(`${path}/file`)
    const { value } = await api.read<{ versions: WearerVersion[] }>(`${path}/versions`)
    meanwhile.value = value.versions.filter(({ version }) => version >= before)
    problem.value = t('form.conflict', { name: value.versions[0]?.authorName ?? t('klien.bySystem') })
  }
  const save = async (form: FormData): Promise<void> => {
    const change = changeOf(form, file)
    problem.value = change === undefined ? t('form.nothingChanged') : undefined
    if (change === undefined) return
    busy.value = true
    try {
      await api.write('PATCH', path, change, { etag: known.current.etag })
      router.redirect({ page: 'wearer', id: file.id, tab: 'berkas' })
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure
      if (failure.status === 401) session.expire()
      problem.value = failureWords(failure)
      if (failure.status === 412) await showMeanwhile().catch((other) => (problem.value = failureWords(other)))
    } finally {
      busy.value = false
    }
  }
  return (
    <article class="form-page">
      <h1>{t('klien.editTitle', { name: file.name })}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save(new FormData(event.currentTarget))
        }}
      >
        <FieldGroup title={t('klien.section.person')}>
          <IdentityFields file={file} />
        </FieldGroup>
        {file.supervision && (
          <FieldGroup title={t('klien.section.decree')}>
            <DecreeFields supervision={file.supervision} />
          </FieldGroup>
        )}
        {guides.value && (
          <FieldGroup title={t('klien.section.guide')}>
            <GuideFields
              guides={guides.value}
              required={file.pkOfficerId !== undefined}
              pk={file.pkOfficerId}
              asisten={file.asistenOfficerId}
            />
          </FieldGroup>
        )}
        <PersonFields file={file} />
        <ReasonField />
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        {meanwhile.value.length > 1 && (
          <ChangeList before={meanwhile.value.at(-1)!.body} after={meanwhile.value[0]!.body} />
        )}
        <p class="form-actions">
          <a class="button" href={router.hrefOf({ page: 'wearer', id: file.id, tab: 'berkas' })}>
            {t('act.cancel')}
          </a>
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? t('act.saving') : t('form.save')}
          </button>
        </p>
      </form>
    </article>
  )
}
