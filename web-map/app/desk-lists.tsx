import { useSignal } from '@preact/signals'
import { QUERY } from '../address/router.ts'
import { Queue } from '../alerts/queue.tsx'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { WearerList } from '../wearer/wearer-list.tsx'
import { Icon } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

/** The queue, or the klien: a column on a desk, a bottom sheet on a phone. */
export function DeskLists({ state }: { state: ConsoleState }) {
  const sheet = useSignal<'low' | 'half' | 'full'>('half')
  const wearers = state.router.query.value.get(QUERY.list) === 'klien'
  const untaken = state.alerts.untakenCount.value
  const choose = (list: 'klien' | undefined) => {
    state.router.setQuery({ [QUERY.list]: list })
    if (sheet.value === 'low') sheet.value = 'half'
  }
  const cycle = () => {
    sheet.value = sheet.value === 'low' ? 'half' : sheet.value === 'half' ? 'full' : 'low'
  }
  return (
    <div class={`lists sheet-${sheet.value}`}>
      <button
        class="sheet-handle"
        type="button"
        aria-label={t(sheet.value === 'full' ? 'sheet.collapse' : 'sheet.expand')}
        onClick={cycle}
      >
        <Icon name={sheet.value === 'full' ? 'down' : 'up'} />
      </button>
      <div class="tabs">
        <button type="button" aria-pressed={!wearers} onClick={() => choose(undefined)}>
          {t('queue.title')}
          {untaken > 0 && <b class="badge">{countWords(untaken)}</b>}
        </button>
        <button type="button" aria-pressed={wearers} onClick={() => choose('klien')}>
          {t('wearers.tab')}
        </button>
      </div>
      {wearers ? <WearerList room={state} /> : <Queue room={state} />}
    </div>
  )
}
