import { useSignal } from '@preact/signals'
import type { WearerDetail } from '../../model/console/console.ts'
import type { FittingRecord } from '../../model/console/people.ts'
import { t } from '../i18n/language.ts'
import { dateWords, momentWords } from '../i18n/time-words.ts'
import { failureWords } from '../session/request.ts'
import { useLoaded } from '../widgets/loaded.ts'
import { Problem } from '../widgets/problem.tsx'
import { type FittingAct, FittingDialog } from './fitting-dialog.tsx'
import { type AlatRoom, may } from './room.ts'

/** `file`: of the klien that is open; it is read again once another device is worn. */
type DeviceRoom = AlatRoom & { file: { load(): Promise<void> } }

/** The device of a klien: what is worn, fitted, swapped, taken off, with its records. */
export function WearerDeviceTab({ room, detail }: { room: DeviceRoom; detail: WearerDetail }) {
  const { api, session, desk } = room
  const path = `/v1/wearers/${detail.id}/fittings`
  const { loaded, problem, again } = useLoaded(
    () => api.read<{ fittings: FittingRecord[] }>(path),
    `${detail.id} ${detail.bracelet?.deviceId ?? ''}`,
    () => session.expire(),
  )
  const asking = useSignal<FittingAct | undefined>(undefined)
  const timeZone = desk.timeZoneOf(detail.unitPath)
  const { bracelet } = detail
  const runs = detail.supervisionEndsMs > desk.nowMs.value
  const print = async (id: number): Promise<void> => {
    try {
      save(await api.file(`${path}/${id}/document`), `berita-acara-${id}.pdf`)
    } catch (failure) {
      problem.value = failureWords(failure)
    }
  }
  return (
    <>
      <p>
        {bracelet
          ? t('alat.wears', {
              device: bracelet.deviceId,
              model: bracelet.model,
              date: dateWords(bracelet.sinceMs, timeZone),
            })
          : t('alat.wearsNone')}
      </p>
      <p class="panel-acts">
        {may(room, 'bracelet.fit') && runs && (
          <button type="button" onClick={() => (asking.value = bracelet ? 'swap' : 'putOn')}>
            {t(bracelet ? 'alat.swap' : 'alat.putOn')}
          </button>
        )}
        {may(room, 'bracelet.take_off') && bracelet && (
          <button type="button" onClick={() => (asking.value = 'takeOff')}>
            {t('alat.takeOff')}
          </button>
        )}
      </p>
      {problem.value && <Problem>{problem.value}</Problem>}
      <h3>{t('alat.records')}</h3>
      {loaded.value?.value.fittings.length === 0 && <p class="hint">{t('alat.recordsNone')}</p>}
      <ol class="versions">
        {loaded.value?.value.fittings.map((one) => (
          <li key={one.id}>
            <b>{t(`alat.act.${one.act}`, { device: one.deviceId })}</b>
            <p class="hint">
              {[
                momentWords(one.atMs, desk.nowMs.value, timeZone),
                one.officerName,
                one.identity && t(`alat.identity.${one.identity}`),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
            {one.reason && <q>{one.reason}</q>}
            <p class="panel-acts">
              <button type="button" onClick={() => void print(one.id)}>
                {t('alat.document')}
              </button>
            </p>
          </li>
        ))}
      </ol>
      {asking.value && (
        <FittingDialog
          room={room}
          act={asking.value}
          wearer={detail}
          onClose={() => {
            asking.value = undefined
            void again()
            void room.file.load()
          }}
        />
      )}
    </>
  )
}

function save(document_: Blob, name: string): void {
  const address = URL.createObjectURL(document_)
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
