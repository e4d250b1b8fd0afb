import type { Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { IncidentView } from '../../model/console/console.ts'
import { isDeskPage, QUERY } from '../address/router.ts'
import { sameCauseOf, untakenOf } from '../alerts/queue-rows.ts'
import { incidentById } from '../feed/live-state.ts'
import type { ConsoleState } from './console-state.ts'

/** The keys of an evening's work, in the order of the help. */
export const KEYS = ['j', 'k', 'enter', 't', 's', 'c', 'e', 'slash', 'escape', 'help'] as const

/** Binds the keys while the console is open; a text field with the focus keeps them. */
export function useKeys(state: ConsoleState, keysShown: Signal<boolean>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]')) return
      const target = event.target as HTMLElement
      if (event.key === 'Escape') return leave(state, target)
      if (target.closest('input:not([type=checkbox]), textarea, select, [role=slider]')) return
      const act = actOf(state, keysShown, event.key)
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}

function actOf(state: ConsoleState, keysShown: Signal<boolean>, key: string): (() => void) | undefined {
  if (key === '?') return () => (keysShown.value = true)
  if (key === '/') return () => search(state)
  if (!isDeskPage(state.router.address.value)) return undefined
  const { alerts } = state
  switch (key.toLowerCase()) {
    case 'j':
      return () => step(state, 1)
    case 'k':
      return () => step(state, -1)
    case 't':
      return () => void alerts.take(chosen(state, untakenOf))
    case 's':
      return () => alerts.ask('resolve', chosen(state, sameCauseOf))
    case 'c':
      return () =>
        alerts.ask(
          'note',
          chosen(state, ({ lead }) => [lead]),
        )
    case 'e':
      return () =>
        alerts.ask(
          'escalate',
          chosen(state, ({ lead }) => [lead]),
        )
    default:
      return undefined
  }
}

/** The incident whose page has the focus, else those of the queue's row. */
function chosen(
  { alerts, desk, router }: ConsoleState,
  ofRow: (row: NonNullable<typeof alerts.currentRow.value>) => IncidentView[],
): IncidentView[] {
  const address = router.address.value
  const onPage = document.activeElement?.closest('.queue') === null
  const open = address?.page === 'incident' && onPage ? incidentById(desk.live, address.id) : undefined
  if (open) return [open]
  const row = alerts.currentRow.value
  return row ? ofRow(row) : []
}

function step({ alerts, router }: ConsoleState, by: 1 | -1): void {
  if (router.query.value.get(QUERY.list) !== undefined) router.setQuery({ [QUERY.list]: undefined })
  const rows = alerts.rows.value
  if (rows.length === 0) return
  const row = alerts.currentRow.value
  const at = row === undefined ? (by === 1 ? -1 : rows.length) : rows.indexOf(row)
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))]!
  alerts.cursor.value = next.key
  // Drawn first: the row may not have been on screen.
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-row="${CSS.escape(next.key)}"] .row-link`)?.focus(),
  )
}

function search({ router }: ConsoleState): void {
  const address = router.address.value
  if (isDeskPage(address)) router.setQuery({ [QUERY.list]: 'klien' })
  else if (address?.page !== 'wearers') router.go({ page: 'wearers' })
  const focus = () => document.querySelector<HTMLInputElement>('[data-key=search]')?.focus()
  requestAnimationFrame(() => requestAnimationFrame(focus))
}

/** Out of a search to its list, else a step back. */
function leave(state: ConsoleState, target: HTMLElement): void {
  if (target.matches('[data-key=search]')) {
    target.blur()
    state.router.setQuery({ [QUERY.list]: undefined })
  } else state.stepBack()
}
