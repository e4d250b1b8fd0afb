import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { mayDo } from '../../model/access/rights.ts'
import type { WearerFile, WearerVersion } from '../../model/console/people.ts'
import { dayBeginsMs } from '../../model/plan/local-day.ts'
import type { MessageKey } from '../i18n/id.ts'
import { t } from '../i18n/language.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { dateWords } from '../i18n/time-words.ts'
import type { Tagged } from '../session/request.ts'
import { useLoaded } from '../widgets/loaded.ts'
import { EndDialog } from './end-dialog.tsx'
import type { KlienRoom } from './room.ts'
import { VersionList } from './version-list.tsx'

/** A day of a document is the same day everywhere. */
const FILE_ZONE = 'Asia/Jakarta'

type Read = { file: Tagged<WearerFile>; versions: readonly WearerVersion[] }

/** The file as it is written, what may be done with it, and all its versions. */
export function FileTab({ room, wearerId }: { room: KlienRoom; wearerId: string }) {
  const { api, desk, router, session } = room
  const path = `/v1/wearers/${wearerId}`
  const read = async (): Promise<Tagged<Read>> => {
    const [file, versions] = await Promise.all([
      api.read<WearerFile>(`${path}/file`),
      api.read<{ versions: WearerVersion[] }>(`${path}/versions`),
    ])
    return { value: { file, versions: versions.value.versions }, etag: file.etag }
  }
  const { loaded, problem, again } = useLoaded(read, wearerId, () => session.expire())
  const ending = useSignal(false)
  if (problem.value)
    return (
      <p class="problem" role="alert">
        {problem.value}
      </p>
    )
  if (!loaded.value) return <p class="hint">{t('app.loading')}</p>
  const { file, versions } = loaded.value.value
  const role = session.me.value?.role
  const timeZone = desk.timeZoneOf(file.value.unitPath)
  const runs = (file.value.supervision?.toMs ?? 0) > desk.nowMs.value
  return (
    <>
      <p class="panel-acts">
        {role !== undefined && mayDo(role, 'klien.edit') && (
          <a class="button" href={router.hrefOf({ page: 'edit-klien', id: wearerId })}>
            {t('klien.edit')}
          </a>
        )}
        {role !== undefined && mayDo(role, 'klien.end_supervision') && runs && (
          <button type="button" onClick={() => (ending.value = true)}>
            {t('klien.end')}
          </button>
        )}
      </p>
      {file.value.supervision?.endKind && (
        <p class="hint">
          {t('klien.ended', { kind: t(`klien.endKind.${file.value.supervision.endKind}` as MessageKey) })}
        </p>
      )}
      <FileFacts file={file.value} timeZone={timeZone} pkName={latest(versions, 'pk')} />
      <h3>{t('klien.versions')}</h3>
      <VersionList versions={versions} nowMs={desk.nowMs.value} timeZone={timeZone} />
      {ending.value && (
        <EndDialog
          room={room}
          file={file}
          onClose={() => {
            ending.value = false
            void again()
          }}
        />
      )}
    </>
  )
}

const latest = (versions: readonly WearerVersion[], field: string): string | undefined => {
  const found = versions[0]?.body[field]
  return typeof found === 'string' ? found : undefined
}

function FileFacts({ file, timeZone, pkName }: { file: WearerFile; timeZone: string; pkName: string | undefined }) {
  const { supervision } = file
  return (
    <dl class="file-facts">
      <Fact words="klien.nik">{file.nikMasked}</Fact>
      <Fact words="klien.birthDate">{dayWords(file.birthDate)}</Fact>
      <Fact words="klien.sdpNumber">{file.sdpNumber}</Fact>
      <Fact words="klien.programme">{supervision && programmeWords(supervision.programme)}</Fact>
      <Fact words="klien.skNumber">{supervision?.skNumber}</Fact>
      <Fact words="klien.skDate">{dayWords(supervision?.skDate)}</Fact>
      <Fact words="klien.skIssuer">{supervision?.skIssuer}</Fact>
      <Fact words="klien.begins">{supervision && dateWords(supervision.fromMs, timeZone)}</Fact>
      <Fact words="klien.ends">{supervision && dateWords(supervision.toMs - 1, timeZone)}</Fact>
      <Fact words="klien.pk">{pkName}</Fact>
      <Fact words="klien.address">{file.address}</Fact>
      <Fact words="klien.domicile">{file.domicile}</Fact>
      <Fact words="klien.phone">{file.phone}</Fact>
      <Fact words="klien.guarantorName">{[file.guarantorName, file.guarantorPhone].filter(Boolean).join(', ')}</Fact>
      <Fact words="klien.polsekName">{[file.polsekName, file.polsekPhone].filter(Boolean).join(', ')}</Fact>
      <Fact words="klien.risk">{file.risk && t(`klien.risk.${file.risk}`)}</Fact>
      <Fact words="klien.needs">{file.needs?.map((one) => t(`klien.need.${one}`)).join(', ')}</Fact>
      <Fact words="klien.health">{file.health}</Fact>
    </dl>
  )
}

/** A day as it stands in the file. */
function dayWords(isoDate: string | undefined): string | undefined {
  const beginsMs = isoDate === undefined ? undefined : dayBeginsMs(isoDate, FILE_ZONE)
  return beginsMs === undefined ? isoDate : dateWords(beginsMs, FILE_ZONE)
}

function Fact({ words, children }: { words: MessageKey; children: ComponentChildren }) {
  return (
    <div>
      <dt>{t(words)}</dt>
      <dd>{children || '–'}</dd>
    </div>
  )
}
