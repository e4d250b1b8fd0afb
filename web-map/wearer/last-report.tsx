import type { WearerDetail } from '../../model/console/console.ts'
import { TRISTATE } from '../../model/report/report.ts'
import type { Bracelet } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { accuracyShort, speedWords } from '../i18n/measure-words.ts'
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
          value={accuracyShort(last.accuracyM)}
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
        onClick={() => (room.map.viewRequest.value = { kind: 'place', latDeg: last.latDeg, lonDeg: last.lonDeg })}
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
