import { useSignal } from '@preact/signals'
import type { QuarantinedBytes, QuarantinedEntry } from '../../model/console/devices.ts'
import { REFUSAL_REASONS } from '../../model/report/quarantine.ts'
import { QUERY } from '../address/router.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { failureWords } from '../session/request.ts'
import { SelectField } from '../widgets/field.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import { refusalWords } from './bench-panel.tsx'
import type { AlatRoom } from './room.ts'

/** What was not let in, newest first. */
export function QuarantineList({ room }: { room: AlatRoom }) {
  const { api, router, session } = room
  const reason = router.query.value.get(QUERY.reason) ?? ''
  const before = useSignal<number | undefined>(undefined)
  const asked = new URLSearchParams({ limit: '50', ...(reason && { reason }) })
  if (before.value !== undefined) asked.set('before', String(before.value))
  const { loaded, problem } = useLoaded(
    () => api.read<{ entries: QuarantinedEntry[]; next?: number }>(`/v1/quarantine?${asked}`),
    asked.toString(),
    () => session.expire(),
  )
  const page = loaded.value?.value
  return (
    <>
      <h2>{t('alat.quarantine')}</h2>
      <p class="hint">{t('alat.quarantineHint')}</p>
      <search class="filters-row">
        <SelectField
          label={t('alat.reason')}
          none={t('form.all')}
          name="reason"
          value={reason}
          options={REFUSAL_REASONS.map((one) => [one, refusalWords(one)])}
          onInput={(value) => {
            before.value = undefined
            router.setQuery({ [QUERY.reason]: value })
          }}
        />
      </search>
      {problem.value && <Problem>{problem.value}</Problem>}
      {!page && !problem.value && <p class="hint">{t('app.loading')}</p>}
      {page?.entries.length === 0 && <p class="hint">{t('alat.quarantineNone')}</p>}
      <ul class="versions">
        {page?.entries.map((one) => (
          <Entry key={one.sourceId} room={room} entry={one} />
        ))}
      </ul>
      {page?.next !== undefined && (
        <p class="form-actions">
          <button type="button" onClick={() => (before.value = page.next)}>
            {t('form.next')}
          </button>
        </p>
      )}
    </>
  )
}

function Entry({ room: { api, desk }, entry }: { room: AlatRoom; entry: QuarantinedEntry }) {
  const bytes = useSignal<QuarantinedBytes | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  const open = async (): Promise<void> => {
    try {
      const path = `/v1/quarantine/${entry.receivedMs}/${entry.sourceId}`
      bytes.value = (await api.read<QuarantinedBytes>(path)).value
    } catch (failure) {
      problem.value = failureWords(failure)
    }
  }
  return (
    <li>
      <b>{refusalWords(entry.reason)}</b> <span>{entry.deviceId ?? '–'}</span>{' '}
      <small>
        {entry.protocol} · {momentWords(entry.receivedMs, desk.nowMs.value, desk.officerTimeZone)} · {entry.bytes} B
      </small>
      {entry.detail && <p>{entry.detail}</p>}
      {problem.value && <Problem>{problem.value}</Problem>}
      {bytes.value === undefined ? (
        <button type="button" onClick={() => void open()}>
          {t('alat.bytes')}
        </button>
      ) : bytes.value.hidden ? (
        <p class="hint">{t('alat.bytesHidden')}</p>
      ) : (
        <pre class="bytes">{bytes.value.text ?? bytes.value.hex}</pre>
      )}
    </li>
  )
}
