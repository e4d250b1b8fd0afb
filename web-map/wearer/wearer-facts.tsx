import type { WearerDetail } from '../../model/console/console.ts'
import { TRISTATE } from '../../model/report/report.ts'
import type { Bracelet } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { countWords, speedWords } from '../i18n/measure-words.ts'
import { ageWords, momentWords } from '../i18n/time-words.ts'
import { Icon } from '../widgets/marks.tsx'
import type { WearerRoom } from './room.ts'

/** The live feed's word where there is one, else what the file said when it was opened. */
export function LastReport(props: {
  room: WearerRoom
  detail: WearerDetail
  bracelet: Bracelet | undefined
  timeZone: string
}) {
  const { room, detail, bracelet, timeZone } = props
  const last = bracelet ?? detail.last
  if (!last) return <p class="hint">{t('panel.noLast')}</p>
  const nowMs = room.desk.nowMs.value
  const battery = bracelet
    ? bracelet.batteryPercent <= 100
      ? bracelet.batteryPercent
      : undefined
    : detail.last?.batteryPercent
  const charging = bracelet?.charging === TRISTATE.yes
  const speed = bracelet?.speedMps === undefined ? '' : speedWords(bracelet.speedMps)
  return (
    <div class="last">
      <div class="last-facts">
        <Fact
          label={t('panel.lastReport')}
          value={ageWords(last.timeMs, nowMs)}
          more={[momentWords(last.timeMs, nowMs, timeZone), speed].filter(Boolean).join(' · ')}
        />
        <Fact
          label={t('panel.accuracy')}
          value={last.accuracyM === undefined ? '–' : `±${Math.round(last.accuracyM)} m`}
          more={bracelet && !bracelet.fixValid ? t('panel.noFix') : ''}
        />
        <Fact
          label={t('panel.battery')}
          value={battery === undefined ? '–' : `${battery} %`}
          more={charging ? t('panel.charging') : ''}
          warn={battery !== undefined && battery <= 20 && !charging}
        />
      </div>
      <button
        type="button"
        class="quiet"
        onClick={() => (room.map.errand.value = { kind: 'place', latDeg: last.latDeg, lonDeg: last.lonDeg })}
      >
        <Icon name="target" size={16} />
        {t('panel.centre')}
      </button>
    </div>
  )
}

function Fact({ label, value, more, warn }: { label: string; value: string; more: string; warn?: boolean }) {
  return (
    <p class={warn ? 'fact warn' : 'fact'}>
      <span>{label}</span>
      <b>{value}</b>
      {more && <small>{more}</small>}
    </p>
  )
}

/** Shows or hides the track; opening it is an access that is written down. */
export function TrackSwitch({ room: { desk, file } }: { room: WearerRoom }) {
  const track = file.track.value
  return (
    <div class="track-switch">
      <div>
        <b>{t('panel.track')}</b>
        <small>
          {track === undefined
            ? t('panel.trackNote')
            : track.points.length === 0
              ? t('panel.trackEmpty')
              : t('panel.trackCount', {
                  count: countWords(track.points.length),
                  archived: countWords(track.archived),
                  invalid: countWords(track.invalid),
                })}
        </small>
      </div>
      <button
        type="button"
        disabled={file.busy.value.has('track')}
        onClick={() => (track ? file.hideTrack() : void file.showTrack(desk.nowMs.value))}
      >
        <Icon name="track" size={16} />
        {file.busy.value.has('track') ? t('app.loading') : t(track ? 'panel.hideTrack' : 'panel.showTrack')}
      </button>
    </div>
  )
}

/** Opens the minutes ledger, which reads the track. */
export function LedgerSwitch({ room, timeZone }: { room: WearerRoom; timeZone: string }) {
  const { desk, minutes } = room
  return (
    <div class="track-switch">
      <div>
        <b>{t('ledger.title')}</b>
        <small>{t('ledger.note')}</small>
      </div>
      <button
        type="button"
        data-returns="ledger"
        onClick={() => void minutes.open(minutes.weeks.value, timeZone, desk.nowMs.value)}
      >
        <Icon name="clock" size={16} />
        {t('ledger.open')}
      </button>
    </div>
  )
}
