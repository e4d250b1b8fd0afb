import { useSignal } from '@preact/signals'
import { IncidentList } from '../alerts/incident-list.tsx'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { WearerList } from '../wearer/wearer-list.tsx'
import { Icon } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

/** Alerts and wearers: a column on a desk, a bottom sheet on a phone. */
export function Sidebar({ state }: { state: ConsoleState }) {
  const tab = useSignal<'alerts' | 'wearers'>('alerts')
  const sheet = useSignal<'low' | 'half' | 'full'>('half')
  const untaken = state.alerts.untakenCount.value
  const choose = (next: 'alerts' | 'wearers') => {
    tab.value = next
    if (sheet.value === 'low') sheet.value = 'half'
  }
  const cycle = () => {
    sheet.value = sheet.value === 'low' ? 'half' : sheet.value === 'half' ? 'full' : 'low'
  }
  return (
    <aside class={`sidebar sheet-${sheet.value}`}>
      <button
        class="sheet-handle"
        type="button"
        aria-label={t(sheet.value === 'full' ? 'sheet.collapse' : 'sheet.expand')}
        onClick={cycle}
      >
        <Icon name={sheet.value === 'full' ? 'down' : 'up'} />
      </button>
      <div class="tabs" role="tablist">
        <button type="button" role="tab" aria-selected={tab.value === 'alerts'} onClick={() => choose('alerts')}>
          {t('alerts.tab')}
          {untaken > 0 && <b class="badge">{countWords(untaken)}</b>}
        </button>
        <button type="button" role="tab" aria-selected={tab.value === 'wearers'} onClick={() => choose('wearers')}>
          {t('wearers.tab')}
        </button>
      </div>
      {tab.value === 'alerts' ? (
        <IncidentList
          room={state}
          onOpen={(incident) => {
            state.openWearer(incident.wearer, incident)
            sheet.value = 'low'
          }}
          onExplain={(incident) => {
            void state.explain(incident)
            sheet.value = 'low'
          }}
        />
      ) : (
        <WearerList
          room={state}
          onOpen={(wearer) => {
            state.openWearer(wearer)
            sheet.value = 'low'
          }}
        />
      )}
    </aside>
  )
}
