import type { MarkState } from '../feed/freshness.ts'
import type { MessageKey } from '../i18n/id.ts'
import { t } from '../i18n/language.ts'

export function Logo({ size }: { size: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" class="logo-ground" />
      <circle cx="16" cy="16" r="8.5" class="logo-ring" />
      <circle cx="16" cy="7.5" r="4" class="logo-clasp" />
    </svg>
  )
}

const OCTAGON = '6.2,1 13.8,1 19,6.2 19,13.8 13.8,19 6.2,19 1,13.8 1,6.2'

/** A state's shape and letter, the same as on the map; hollow where the matter has ended and nobody has taken it. */
export function StateMark({ state, size = 20, hollow = false }: { state: MarkState; size?: number; hollow?: boolean }) {
  const letter = t(`letter.${state}` as MessageKey)
  return (
    <svg
      class={`mark mark-${state}${hollow ? ' hollow' : ''}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
    >
      {state === 'kritis' ? (
        <polygon points={OCTAGON} />
      ) : state === 'serius' ? (
        <polygon points="10,1 19.5,18.5 0.5,18.5" />
      ) : (
        <circle cx="10" cy="10" r={state === 'patuh' ? 6 : 8.5} />
      )}
      <text x="10" y={state === 'serius' ? 16.6 : 14.2}>
        {letter}
      </text>
    </svg>
  )
}

const PATHS = {
  close: 'M5 5l10 10M15 5L5 15',
  fit: 'M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  sound: 'M3 8v4h3l4 3.5v-11L6 8H3zM13 7.5a3.5 3.5 0 010 5M15 5a7 7 0 010 10',
  silent: 'M3 8v4h3l4 3.5v-11L6 8H3zM13 8l4 4M17 8l-4 4',
  search: 'M9 3.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11zM13 13l4 4',
  target: 'M10 2v4M10 14v4M2 10h4M14 10h4M10 6.5a3.5 3.5 0 110 7 3.5 3.5 0 010-7z',
  layers: 'M10 3l7 4-7 4-7-4 7-4zM3 11l7 4 7-4',
  leave: 'M8 3H4v14h4M9 10h8M14 6.5l3.5 3.5L14 13.5',
  back: 'M12 4l-6 6 6 6',
  filter: 'M3 4h14l-5.5 6.5V16l-3-1.5v-4L3 4z',
  map: 'M3 5l4.5-2 5 2L17 3v12l-4.5 2-5-2L3 17V5zM7.5 3v12M12.5 5v12',
  bracelet: 'M10 6.5a5 5 0 110 10 5 5 0 010-10zM7.5 7V3.5h5V7M10 10v3',
  people: 'M7 9a3 3 0 100-6 3 3 0 000 6zM2 17c0-3.3 2-5 5-5s5 1.7 5 5M13.5 9.5a2.5 2.5 0 100-5M14 12c2.4.2 4 1.9 4 5',
  figures: 'M4 17V9M10 17V3M16 17v-5M2 17h16',
  person: 'M10 10a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3.5 17.5c0-3.6 2.7-5.5 6.5-5.5s6.5 1.9 6.5 5.5',
  help: 'M10 3a7 7 0 110 14 7 7 0 010-14zM8 8a2 2 0 113 1.8c-.7.4-1 .8-1 1.7M10 14h.01',
  wall: 'M3 4h14v9H3zM7 17h6M10 13v4',
  why: 'M10 3a7 7 0 110 14 7 7 0 010-14zM8 8a2 2 0 113 1.8c-.7.4-1 .8-1 1.7M10 14h.01',
  up: 'M5 12.5l5-5 5 5',
  down: 'M5 7.5l5 5 5-5',
  clock: 'M10 3a7 7 0 110 14 7 7 0 010-14zM10 6v4l3 2',
  track: 'M4 16c0-5 5-3 6-6s5-1 6-6M4 16h.01M16 4h.01',
} as const

export function Icon({ name, size = 18 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
