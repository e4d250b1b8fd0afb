import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { AlarmWord, AlarmWords } from '../../model/console/alarm-words.ts'
import { ALARM } from '../../model/report/report.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { failureWords } from '../session/request.ts'
import { SelectField } from '../widgets/field.tsx'
import { FormDialog } from '../widgets/form-dialog.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import { ReasonField } from '../widgets/reason-field.tsx'
import type { AlatRoom } from './room.ts'

const MEANINGS = [
  ...['none', 'strap=open', 'strap=closed', 'case=open', 'case=closed'],
  ...Object.keys(ALARM),
] as AlarmWords['mappings'][number]['meaning'][]

/** Alarms that no table knows: an Admin TI says what they mean. */
export function WordList({ room }: { room: AlatRoom }) {
  const { api, session, desk } = room
  const { loaded, problem, again } = useLoaded(
    () => api.read<AlarmWords>('/v1/alarm-words'),
    'words',
    () => session.expire(),
  )
  const asking = useSignal<AlarmWord | undefined>(undefined)
  const words = loaded.value?.value.words
  return (
    <>
      <h2>{t('alat.words')}</h2>
      <p class="hint">{t('alat.wordsHint')}</p>
      {problem.value && <Problem>{problem.value}</Problem>}
      {!words && !problem.value && <p class="hint">{t('app.loading')}</p>}
      {words?.length === 0 && <p class="hint">{t('alat.wordsNone')}</p>}
      <ul class="versions">
        {words?.map((one) => (
          <li key={`${one.model} ${one.protocol} ${one.word}`}>
            <code>{one.word}</code> <b>{one.meaning ? t(`alat.meaning.${one.meaning}`) : t('alat.meaning.unknown')}</b>
            <p class="hint">
              {one.model} · {one.protocol} · {t('alat.wordSeen', { reports: one.reports, bracelets: one.bracelets })} ·{' '}
              {momentWords(one.lastMs, desk.nowMs.value, desk.officerTimeZone)}
            </p>
            <button type="button" onClick={() => (asking.value = one)}>
              {t('alat.map')}
            </button>
          </li>
        ))}
      </ul>
      {asking.value && (
        <MapWord
          room={room}
          word={asking.value}
          onClose={() => {
            asking.value = undefined
            void again()
          }}
        />
      )}
    </>
  )
}

function MapWord({ room: { api }, word, onClose }: { room: AlatRoom; word: AlarmWord; onClose(): void }) {
  const key = useRef<string>(crypto.randomUUID())
  const { model, protocol, word: said } = word
  const submit = async (fields: FormData): Promise<string | undefined> => {
    try {
      const body = { model, protocol, word: said, meaning: fields.get('meaning'), reason: fields.get('reason') }
      await api.write('POST', '/v1/alarm-words', body, { key: key.current })
      return undefined
    } catch (failure) {
      key.current = crypto.randomUUID()
      return failureWords(failure)
    }
  }
  return (
    <FormDialog title={t('alat.mapTitle', { word: said })} action={t('alat.map')} onSubmit={submit} onClose={onClose}>
      <p class="hint">
        {model} · {protocol}
      </p>
      <SelectField
        label={t('alat.meaning')}
        name="meaning"
        required
        value={word.meaning}
        options={MEANINGS.map((one) => [one, t(`alat.meaning.${one}`)])}
      />
      <ReasonField />
    </FormDialog>
  )
}
