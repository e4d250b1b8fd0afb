import { useSignal } from '@preact/signals'
import { CUSTODY } from '../../model/console/file-terms.ts'
import type { Bracelet, CustodyEntry } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { failureWords, type Tagged } from '../session/request.ts'
import { SelectField } from '../widgets/field.tsx'
import { FormDialog } from '../widgets/form-dialog.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import { ReasonField } from '../widgets/reason-field.tsx'
import { BenchPanel } from './bench-panel.tsx'
import { type AlatRoom, may } from './room.ts'
import { SecretNote } from './secret-note.tsx'

type Read = { bracelet: Tagged<Bracelet>; entries: readonly CustodyEntry[] }
type Asking = 'move' | 'rotate' | 'revoke'

/** One device: what it is, whether it is fit, where it has been, and what may be done with it. */
export function BraceletPage({ room, id }: { room: AlatRoom; id: number }) {
  const { api, session } = room
  const path = `/v1/bracelets/${id}`
  const read = async (): Promise<Tagged<Read>> => {
    const [bracelet, custody] = await Promise.all([
      api.read<Bracelet>(path),
      api.read<{ entries: CustodyEntry[] }>(`${path}/custody`),
    ])
    return { value: { bracelet, entries: custody.value.entries }, etag: bracelet.etag }
  }
  const { loaded, problem, again } = useLoaded(read, path, () => session.expire())
  const asking = useSignal<Asking | undefined>(undefined)
  const secret = useSignal<string | undefined>(undefined)
  if (problem.value) return <Problem>{problem.value}</Problem>
  if (!loaded.value) return <p class="hint">{t('app.loading')}</p>
  const { bracelet, entries } = loaded.value.value
  const { value } = bracelet
  return (
    <>
      <Facts room={room} bracelet={value} />
      <p class="panel-acts">
        {may(room, 'bracelet.keep') && value.custody !== 'dipakai' && (
          <button type="button" onClick={() => (asking.value = 'move')}>
            {t('alat.move')}
          </button>
        )}
        {may(room, 'bracelet.secret') && !value.revoked && (
          <>
            {(value.protocol === 'own' || value.protocol === 'osmand' || value.protocol === 'owntracks') && (
              <button type="button" onClick={() => (asking.value = 'rotate')}>
                {t('alat.rotate')}
              </button>
            )}
            <button type="button" onClick={() => (asking.value = 'revoke')}>
              {t('alat.revoke')}
            </button>
          </>
        )}
      </p>
      {secret.value && <SecretNote title={t('alat.secretTitle', { device: value.deviceId })} secret={secret.value} />}
      {may(room, 'bracelet.test') && <BenchPanel room={room} id={id} />}
      <h2>{t('alat.history')}</h2>
      <History room={room} entries={entries} />
      {asking.value && (
        <Ask
          room={room}
          what={asking.value}
          bracelet={bracelet}
          onSecret={(made) => (secret.value = made)}
          onClose={() => {
            asking.value = undefined
            void again()
          }}
        />
      )}
    </>
  )
}

function Facts({ room: { router, desk }, bracelet }: { room: AlatRoom; bracelet: Bracelet }) {
  return (
    <>
      <h2>{bracelet.deviceId}</h2>
      <dl class="fact-row">
        <div>
          <dt>{t('alat.custody')}</dt>
          <dd>
            <b>{bracelet.revoked ? t('alat.revoked') : t(`alat.custody.${bracelet.custody}`)}</b>
            {bracelet.wearer && (
              <>
                {' · '}
                <a href={router.hrefOf({ page: 'wearer', id: bracelet.wearer.id, tab: 'alat' })}>
                  {bracelet.wearer.name}
                </a>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('alat.model')}</dt>
          <dd>
            {bracelet.model} · {bracelet.protocol ?? '–'}
          </dd>
        </div>
        <div>
          <dt>{t('alat.sim')}</dt>
          <dd>{[bracelet.simNumber ?? '–', bracelet.simEnds].filter(Boolean).join(' · ')}</dd>
        </div>
        <div>
          <dt>{t('map.unit')}</dt>
          <dd>{desk.unitName(bracelet.unitPath)}</dd>
        </div>
      </dl>
    </>
  )
}

function History({ room: { desk }, entries }: { room: AlatRoom; entries: readonly CustodyEntry[] }) {
  return (
    <ol class="versions">
      {entries.map((one) => (
        <li key={`${one.atMs} ${one.custody}`}>
          <b>{t(`alat.custody.${one.custody}`)}</b>{' '}
          <small>
            {momentWords(one.atMs, desk.nowMs.value, desk.officerTimeZone)}
            {one.officerName && ` · ${one.officerName}`}
          </small>
          {one.reason && <q>{one.reason}</q>}
        </li>
      ))}
    </ol>
  )
}

type AskProps = {
  room: AlatRoom
  what: Asking
  bracelet: Tagged<Bracelet>
  onSecret(secret: string): void
  onClose(): void
}

function Ask({ room: { api }, what, bracelet: { value, etag }, onSecret, onClose }: AskProps) {
  const path = `/v1/bracelets/${value.id}`
  const submit = async (fields: FormData): Promise<string | undefined> => {
    const reason = String(fields.get('reason') ?? '').trim()
    try {
      if (what === 'move')
        await api.write('POST', `${path}/custody`, { custody: fields.get('custody'), reason }, { etag })
      else if (what === 'revoke') await api.write('POST', `${path}/revoke`, { reason }, { etag })
      else onSecret((await api.write<{ secret: string }>('POST', `${path}/secret`, {}, { etag })).value.secret)
      return undefined
    } catch (failure) {
      return failureWords(failure)
    }
  }
  return (
    <FormDialog
      title={`${t(`alat.${what}`)}: ${value.deviceId}`}
      action={t(`alat.${what}`)}
      grave={what !== 'move'}
      onSubmit={submit}
      onClose={onClose}
    >
      {what === 'move' && (
        <SelectField
          label={t('alat.custody')}
          name="custody"
          required
          options={CUSTODY.filter((one) => one !== 'dipakai' && one !== value.custody).map((one) => [
            one,
            t(`alat.custody.${one}`),
          ])}
        />
      )}
      {what === 'rotate' && <p class="dialog-news">{t('alat.rotateWarning')}</p>}
      {what === 'revoke' && <p class="dialog-news">{t('alat.revokeWarning')}</p>}
      {what !== 'rotate' && <ReasonField />}
    </FormDialog>
  )
}
