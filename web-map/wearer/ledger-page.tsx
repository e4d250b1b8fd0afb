import { t } from '../i18n/language.ts'
import { hoursSpoken, hoursWords } from '../i18n/measure-words.ts'
import { daysWords } from '../i18n/time-words.ts'
import { type LedgerGroup, ledgerGroups, type Minuted } from './ledger-groups.ts'
import { LEDGER_WEEKS, type LedgerWeeks } from './minutes.ts'
import type { WearerRoom } from './room.ts'

/** Time in violation, kept and not known, by condition and week. */
export function LedgerPage({ room }: { room: WearerRoom }) {
  const { desk, minutes, file } = room
  const detail = file.detail.value
  const rows = minutes.rows.value
  const groups = rows && ledgerGroups(rows, detail?.conditions ?? [])
  const timeZone = desk.timeZoneOf(detail?.unitPath ?? '')
  return (
    <article class="ledger" aria-busy={file.busy.value.has('rekap')}>
      <h3>{t('ledger.title')}</h3>
      <p class="hint">{t('ledger.note')}</p>
      <label class="ledger-span">
        <span>{t('ledger.span')}</span>
        <select
          value={minutes.weeks.value}
          onChange={(event) =>
            void minutes.open(Number(event.currentTarget.value) as LedgerWeeks, timeZone, desk.nowMs.value)
          }
        >
          {LEDGER_WEEKS.map((weeks) => (
            <option key={weeks} value={weeks}>
              {t('ledger.weeks', { count: weeks })}
            </option>
          ))}
        </select>
      </label>
      {file.busy.value.has('rekap') && (
        <p class="hint" role="status">
          {t('explain.working')}
        </p>
      )}
      {groups?.length === 0 && <p class="hint">{t('ledger.empty')}</p>}
      {groups?.map((group) => (
        <Group key={group.conditionId} group={group} />
      ))}
      {groups && groups.length > 0 && (
        <>
          <p class="hint">{t('ledger.unknownNote')}</p>
          <p class="hint">{t('ledger.judgedNote')}</p>
        </>
      )}
    </article>
  )
}

function Group({ group }: { group: LedgerGroup }) {
  const { condition, kind, timeZone, weeks, total } = group
  return (
    <table class={`minutes zone-${kind}`}>
      <caption>
        {t(`kind.${kind}`)}: {condition ? condition.zoneName : t('ledger.notInFile')}
      </caption>
      <thead>
        <tr>
          <th scope="col">
            {t('ledger.week')} <small>{t('ledger.unit')}</small>
          </th>
          <th scope="col">{t('ledger.violation')}</th>
          <th scope="col">{t('ledger.served')}</th>
          <th scope="col">{t('ledger.unknown')}</th>
          <th scope="col">{t('ledger.inForce')}</th>
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week.fromMs}>
            <th scope="row">
              {daysWords(week.fromMs, week.toMs - 1, timeZone)}
              <Shares minuted={week} />
            </th>
            <Cells minuted={week} />
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('ledger.total')}</th>
          <Cells minuted={total} />
        </tr>
      </tfoot>
    </table>
  )
}

function Cells({ minuted }: { minuted: Minuted }) {
  const { violationMs, servedMs, unknownMs, inForceMs } = minuted
  return (
    <>
      <Cell spanMs={violationMs} mark={violationMs > 0 ? 'violated' : ''} />
      <Cell spanMs={servedMs} mark="" />
      <Cell spanMs={unknownMs} mark={unknownMs > inForceMs / 10 ? 'unknown' : ''} />
      <Cell spanMs={inForceMs} mark="" />
    </>
  )
}

function Cell({ spanMs, mark }: { spanMs: number; mark: string }) {
  return (
    <td class={mark}>
      <span aria-hidden="true">{hoursWords(spanMs)}</span>
      <span class="sr-only">{hoursSpoken(spanMs)}</span>
    </td>
  )
}

/** The week as a bar: violation, not known, kept. */
function Shares({ minuted }: { minuted: Minuted }) {
  const { inForceMs, violationMs, unknownMs } = minuted
  const violated = (violationMs / inForceMs) * 100
  const unknown = (unknownMs / inForceMs) * 100
  return (
    <svg class="shares" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">
      <rect class="served" width={100} height={5} />
      <rect class="unknown" x={violated} width={unknown} height={5} />
      <rect class="violated" width={violated > 0 ? Math.max(violated, 1.5) : 0} height={5} />
    </svg>
  )
}
