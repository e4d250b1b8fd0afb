import { render } from 'preact'
import { App } from './app/app.tsx'
import { ConsoleState } from './app/console-state.ts'
import { readPreferences } from './session/preferences.ts'
import { connectApi } from './session/request.ts'
import { AlarmSound } from './sound/alarm-sound.ts'

const preferences = readPreferences(window.localStorage)
const state = new ConsoleState({
  api: connectApi(window.fetch.bind(window)),
  openSocket(cursor) {
    const address = new URL('/v1/live', window.location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    if (cursor !== undefined) address.searchParams.set('cursor', cursor)
    return new WebSocket(address)
  },
  clock: Date.now,
  random: Math.random,
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
  sound: new AlarmSound(),
  preferences,
  address: {
    incidentId: () => new URL(window.location.href).searchParams.get('incident') ?? undefined,
    clear: () => window.history.replaceState(null, '', window.location.pathname),
  },
})

window.setInterval(() => state.tick(), 1000)
for (const gesture of ['click', 'keydown'])
  window.addEventListener(gesture, () => void state.alerts.arrivals.allowSound(false))
window.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !document.querySelector('dialog[open]')) state.stepBack()
})
window.addEventListener('online', () => state.desk.networkIsBack())
render(<App state={state} />, document.getElementById('console')!)
void state.session.check()
