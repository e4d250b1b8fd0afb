import { useRef } from 'preact/hooks'
import type { WearerDetail } from '../../model/console/console.ts'
import { IDENTITIES } from '../../model/console/file-terms.ts'
import type { Bracelet } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { failureWords } from '../session/request.ts'
import { Field, SelectField } from '../widgets/field.tsx'
import { FormDialog } from '../widgets/form-dialog.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { ReasonField } from '../widgets/reason-field.tsx'
import type { AlatRoom } from './room.ts'

export type FittingAct = 'putOn' | 'swap' | 'takeOff'
type Props = { room: AlatRoom; act: FittingAct; wearer: WearerDetail; onClose(): void }

/** Asks for what a fitting needs: the device, how the klien was recognised, and who signs. */
export function FittingDialog({ room, act, wearer, onClose }: Props) {
  const { api, session } = room
  const key = useRef<string>(crypto.randomUUID())
  const stock = useLoaded(
    () => api.read<{ bracelets: Bracelet[] }>('/v1/bracelets?custody=gudang&limit=500'),
    'stock',
    () => session.expire(),
  )
  const bracelets = stock.loaded.value?.value.bracelets.filter(({ revoked }) => !revoked)
  const submit = async (fields: FormData): Promise<string | undefined> => {
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const signed = {
      ...{ identity: text('identity'), klienSigned: text('klienSigned'), officerSigned: text('officerSigned') },
    }
    const path = `/v1/wearers/${wearer.id}/bracelet`
    try {
      if (act === 'takeOff')
        await api.write('POST', `${path}/take-off`, { reason: text('reason'), ...signed }, { key: key.current })
      else {
        const body = { braceletId: Number(text('bracelet')), ...(act === 'swap' && { swap: true }), ...signed }
        await api.write('POST', path, body, { key: key.current })
      }
      return undefined
    } catch (failure) {
      key.current = crypto.randomUUID()
      return failureWords(failure)
    }
  }
  return (
    <FormDialog
      title={t(`alat.${act}Title`, { name: wearer.name })}
      action={t(`alat.${act}`)}
      grave={act === 'takeOff'}
      onSubmit={submit}
      onClose={onClose}
    >
      {act === 'takeOff' ? (
        <>
          <p class="dialog-news">{t('alat.takeOffWarning')}</p>
          <ReasonField />
        </>
      ) : bracelets?.length === 0 ? (
        <p class="dialog-news">{t('alat.noStock')}</p>
      ) : (
        <SelectField
          label={t('alat.choose')}
          name="bracelet"
          required
          options={(bracelets ?? []).map(({ id, deviceId, model }) => [String(id), `${deviceId} · ${model}`])}
        />
      )}
      <SelectField
        label={t('alat.identity')}
        name="identity"
        required
        options={IDENTITIES.map((one) => [one, t(`alat.identity.${one}`)])}
      />
      <Field label={t('alat.klienSigned')} name="klienSigned" required maxLength={120} value={wearer.name} />
      <Field
        label={t('alat.officerSigned')}
        name="officerSigned"
        required
        maxLength={120}
        value={session.me.value?.name}
      />
    </FormDialog>
  )
}
