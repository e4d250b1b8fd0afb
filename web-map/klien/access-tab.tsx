import type { Access } from '../../model/console/people.ts'
import type { MessageKey } from '../i18n/id.ts'
import { isMessageKey, t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { useLoaded } from '../widgets/loaded.ts'
import type { KlienRoom } from './room.ts'

/** Who opened the data of this klien, and why: what the klien may ask for, printable. */
export function AccessTab({ room, wearerId }: { room: KlienRoom; wearerId: string }) {
  const { api, desk, session } = room
  const { loaded, problem } = useLoaded(
    () => api.read<{ accesses: Access[] }>(`/v1/wearers/${wearerId}/access-history?limit=499`),
    wearerId,
    () => session.expire(),
  )
  const timeZone = desk.officerTimeZone
  const accesses = loaded.value?.value.accesses
  return (
    <>
      <h3>{t('klien.accessTitle')}</h3>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {!accesses && !problem.value && <p class="hint">{t('app.loading')}</p>}
      {accesses?.length === 0 && <p class="hint">{t('klien.accessNone')}</p>}
      {accesses !== undefined && accesses.length > 0 && (
        <>
          <p class="panel-acts">
            <button type="button" onClick={() => window.print()}>
              {t('klien.accessPrint')}
            </button>
          </p>
          <ul class="accesses">
            {accesses.map((one) => (
              <li key={one.id}>
                <b>{one.officerName ?? t('klien.bySystem')}</b>{' '}
                <small>
                  {[one.officerRole && t(`role.${one.officerRole}` as MessageKey), one.unitName]
                    .filter(Boolean)
                    .join(', ')}
                </small>
                <p>
                  {accessWords(one.action)} · {momentWords(one.atMs, desk.nowMs.value, timeZone)}
                </p>
                {one.reason && <q>{one.reason}</q>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function accessWords(action: string): string {
  const key = `klien.access.${action}`
  return isMessageKey(key) ? t(key) : action
}
