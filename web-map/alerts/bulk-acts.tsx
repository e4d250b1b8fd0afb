import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import type { AlertsRoom } from './alerts.ts'
import { type QueueRow, sameCauseOf, untakenOf } from './queue-rows.ts'

/** So many rows may be chosen for one act: more than an officer can have looked at. */
const PICKED_MAX = 200

/** One act on many rows. What is said of all of them is said of one cause only. */
export function BulkActs({ room, rows }: { room: AlertsRoom; rows: readonly QueueRow[] }) {
  const { alerts } = room
  const picked = alerts.picked.value
  if (picked === undefined) return null
  const chosen = rows.filter(({ key }) => picked.has(key))
  const type = chosen[0]?.lead.type
  const oneCause = chosen.every(({ lead }) => lead.type === type)
  const ofCause = rows.filter(({ lead }) => lead.type === type).slice(0, PICKED_MAX)
  const untaken = chosen.flatMap(untakenOf)
  const ask = (action: 'note' | 'resolve') => alerts.ask(action, chosen.flatMap(sameCauseOf))
  return (
    <fieldset class="bulk" aria-label={t('queue.bulk')}>
      <p role="status">
        {chosen.length === 0 ? t('queue.pickHint') : t('queue.picked', { count: countWords(chosen.length) })}
        {!oneCause && <> {t('queue.manyCauses')}</>}
      </p>
      <div class="bulk-acts">
        {type && ofCause.length > chosen.length && oneCause && (
          <button type="button" onClick={() => (alerts.picked.value = new Set(ofCause.map(({ key }) => key)))}>
            {t('queue.pickCause', { count: countWords(ofCause.length), type: t(`type.${type}`) })}
          </button>
        )}
        <button
          type="button"
          class="take"
          disabled={untaken.length === 0}
          onClick={() => void alerts.take(untaken).then(() => (alerts.picked.value = new Set()))}
        >
          {t('act.acknowledge')}
        </button>
        <button type="button" disabled={chosen.length === 0 || !oneCause} onClick={() => ask('note')}>
          {t('act.note')}
        </button>
        <button type="button" disabled={chosen.length === 0 || !oneCause} onClick={() => ask('resolve')}>
          {t('act.resolve')}
        </button>
        <button type="button" class="quiet" onClick={() => (alerts.picked.value = undefined)}>
          {t('act.cancel')}
        </button>
      </div>
    </fieldset>
  )
}
