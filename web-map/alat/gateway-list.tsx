import { useSignal } from '@preact/signals'
import type { Gateway, GatewaySecret } from '../../model/console/devices.ts'
import { t } from '../i18n/language.ts'
import { failureWords } from '../session/request.ts'
import { Field } from '../widgets/field.tsx'
import { FormDialog } from '../widgets/form-dialog.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import { ReasonField } from '../widgets/reason-field.tsx'
import type { AlatRoom } from './room.ts'
import { SecretNote } from './secret-note.tsx'

type Asking = { what: 'add' } | { what: 'rotate' | 'revoke'; id: string }

/** Machines that speak for the devices of a unit. */
export function GatewayList({ room }: { room: AlatRoom }) {
  const { api, session, desk } = room
  const { loaded, problem, again } = useLoaded(
    () => api.read<{ gateways: Gateway[] }>('/v1/gateways'),
    'gateways',
    () => session.expire(),
  )
  const asking = useSignal<Asking | undefined>(undefined)
  const made = useSignal<GatewaySecret | undefined>(undefined)
  const gateways = loaded.value?.value.gateways
  return (
    <>
      <div class="page-title">
        <h2>{t('alat.gateways')}</h2>
        <button type="button" class="primary" onClick={() => (asking.value = { what: 'add' })}>
          {t('alat.gatewayAdd')}
        </button>
      </div>
      {made.value && (
        <SecretNote
          key={made.value.secret}
          title={t('alat.secretTitle', { device: made.value.gateway.id })}
          secret={made.value.secret}
        />
      )}
      {problem.value && <Problem>{problem.value}</Problem>}
      {!gateways && !problem.value && <p class="hint">{t('app.loading')}</p>}
      {gateways?.length === 0 && <p class="hint">{t('alat.gatewayNone')}</p>}
      <ul class="versions">
        {gateways?.map(({ id, unitPath, revokedMs }) => (
          <li key={id}>
            <b>{id}</b> <small>{desk.unitName(unitPath)}</small>
            {revokedMs !== undefined ? (
              <p class="hint">{t('alat.revoked')}</p>
            ) : (
              <p class="panel-acts">
                <button type="button" onClick={() => (asking.value = { what: 'rotate', id })}>
                  {t('alat.rotate')}
                </button>
                <button type="button" onClick={() => (asking.value = { what: 'revoke', id })}>
                  {t('alat.gatewayRevoke')}
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      {asking.value && (
        <AskGateway
          room={room}
          asking={asking.value}
          onSecret={(secret) => (made.value = secret)}
          onClose={() => {
            asking.value = undefined
            void again()
          }}
        />
      )}
    </>
  )
}

type AskProps = { room: AlatRoom; asking: Asking; onSecret(secret: GatewaySecret): void; onClose(): void }

function AskGateway({ room: { api }, asking, onSecret, onClose }: AskProps) {
  const submit = async (fields: FormData): Promise<string | undefined> => {
    try {
      if (asking.what === 'add')
        onSecret((await api.write<GatewaySecret>('POST', '/v1/gateways', { id: fields.get('id') })).value)
      else if (asking.what === 'rotate')
        onSecret((await api.write<GatewaySecret>('POST', `/v1/gateways/${asking.id}/secret`, {})).value)
      else await api.write('POST', `/v1/gateways/${asking.id}/revoke`, { reason: fields.get('reason') })
      return undefined
    } catch (failure) {
      return failureWords(failure)
    }
  }
  if (asking.what === 'add')
    return (
      <FormDialog title={t('alat.gatewayAdd')} action={t('form.save')} onSubmit={submit} onClose={onClose}>
        <Field
          label={t('alat.gatewayId')}
          name="id"
          required
          pattern="[A-Za-z0-9._\-]{1,64}"
          hint={t('alat.gatewayIdHint')}
        />
      </FormDialog>
    )
  const revokes = asking.what === 'revoke'
  return (
    <FormDialog
      title={revokes ? t('alat.gatewayRevokeTitle', { id: asking.id }) : `${t('alat.rotate')}: ${asking.id}`}
      action={t(revokes ? 'alat.gatewayRevoke' : 'alat.rotate')}
      grave
      onSubmit={submit}
      onClose={onClose}
    >
      <p class="dialog-news">{t(revokes ? 'alat.gatewayRevokeWarning' : 'alat.rotateWarning')}</p>
      {revokes && <ReasonField />}
    </FormDialog>
  )
}
