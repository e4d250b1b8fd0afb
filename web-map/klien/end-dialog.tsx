import { useRef } from 'preact/hooks'
import { END_KINDS } from '../../model/console/file-terms.ts'
import type { WearerFile } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { failureWords, type Tagged } from '../session/request.ts'
import { SelectField } from '../widgets/field.tsx'
import { FormDialog } from '../widgets/form-dialog.tsx'
import { ReasonField } from '../widgets/reason-field.tsx'
import type { KlienRoom } from './room.ts'

type Props = { room: KlienRoom; file: Tagged<WearerFile>; onClose(): void }

/** Ends a supervision: monitoring ends with it, at once. */
export function EndDialog({ room: { api }, file: { value: file, etag }, onClose }: Props) {
  const key = useRef<string>(crypto.randomUUID())
  const end = async (fields: FormData): Promise<string | undefined> => {
    try {
      const body = { kind: fields.get('kind'), reason: String(fields.get('reason')).trim() }
      await api.write('POST', `/v1/wearers/${file.id}/end`, body, { etag, key: key.current })
      return undefined
    } catch (failure) {
      key.current = crypto.randomUUID()
      return failureWords(failure)
    }
  }
  return (
    <FormDialog
      title={t('klien.endTitle', { name: file.name })}
      action={t('klien.end')}
      grave
      onSubmit={end}
      onClose={onClose}
    >
      <p class="dialog-news">{t('klien.endWarning')}</p>
      <SelectField
        label={t('klien.endKind')}
        name="kind"
        required
        options={END_KINDS.map((one) => [one, t(`klien.endKind.${one}`)])}
      />
      <ReasonField />
      <label class="check">
        <input type="checkbox" name="certain" required /> {t('klien.endConfirm', { name: file.name })}
      </label>
    </FormDialog>
  )
}
