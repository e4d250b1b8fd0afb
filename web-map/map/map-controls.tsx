import { useSignal } from '@preact/signals'
import { QUERY } from '../address/router.ts'
import { MARK_STATES } from '../feed/freshness.ts'
import type { MessageKey } from '../i18n/id.ts'
import { t } from '../i18n/language.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import type { MapRoom } from './map-state.ts'

const ZONE_KINDS = ['required', 'avoided', 'corridor', 'region', 'neutral'] as const

export function MapControls(props: { room: MapRoom; onZoom: (steps: number) => void; onFit: () => void }) {
  const { room, onZoom, onFit } = props
  const { showZones } = room.map
  const legend = useSignal(false)
  return (
    <>
      <div class="map-controls">
        <div class="control-group">
          <Control icon="plus" label="map.zoomIn" onClick={() => onZoom(1)} />
          <Control icon="minus" label="map.zoomOut" onClick={() => onZoom(-1)} />
        </div>
        <div class="control-group">
          <Control icon="fit" label="map.fit" onClick={onFit} />
          <Control
            icon="layers"
            label="map.zones"
            pressed={showZones.value}
            onClick={() => (showZones.value = !showZones.value)}
          />
        </div>
      </div>
      <div class="map-corner">
        {room.desk.units.value.length > 1 && <UnitChoice room={room} onFit={onFit} />}
        <button
          type="button"
          class="control-wide"
          aria-expanded={legend.value}
          onClick={() => (legend.value = !legend.value)}
        >
          {t('map.legend')}
        </button>
        {legend.value && <Legend />}
      </div>
    </>
  )
}

function Control(props: {
  icon: Parameters<typeof Icon>[0]['name']
  label: MessageKey
  pressed?: boolean
  onClick: () => void
}) {
  return (
    <button
      type="button"
      title={t(props.label)}
      aria-label={t(props.label)}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  )
}

function UnitChoice({ room: { desk, router }, onFit }: { room: MapRoom; onFit: () => void }) {
  return (
    <select
      class="control-wide"
      aria-label={t('map.unit')}
      value={router.query.value.get(QUERY.unit) ?? ''}
      onChange={(event) => {
        router.setQuery({ [QUERY.unit]: event.currentTarget.value })
        onFit()
      }}
    >
      <option value="">{t('map.allUnits')}</option>
      {desk.units.value.map((unit) => (
        <option key={unit.path} value={unit.path}>
          {unit.name}
        </option>
      ))}
    </select>
  )
}

function Legend() {
  return (
    <div class="legend">
      <ul>
        {MARK_STATES.map((one) => (
          <li key={one}>
            <StateMark state={one} size={16} /> <span>{t(`state.${one}`)}</span>
          </li>
        ))}
      </ul>
      <ul>
        {ZONE_KINDS.map((kind) => (
          <li key={kind}>
            <i class={`swatch zone-${kind}`} /> <span>{t(`kind.${kind}`)}</span>
          </li>
        ))}
        <li>
          <i class="line-sample" /> <span>{t('map.track')}</span>
        </li>
        <li>
          <i class="line-sample gap" /> <span>{t('map.gap')}</span>
        </li>
      </ul>
    </div>
  )
}
