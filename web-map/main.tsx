import { effect } from '@preact/signals'
import { render } from 'preact'
import { browserHistory, followLinks } from './address/browser-history.ts'
import { App } from './app/app.tsx'
import { ConsoleState } from './app/console-state.ts'
import { readPreferences } from './session/preferences.ts'
import { connectApi } from './session/request.ts'
import { AlarmSound } from './sound/alarm-sound.ts'
import { SoundTurn } from './sound/sound-turn.ts'

const preferences = readPreferences(window.localStorage)
const turn = new SoundTurn({ storage: window.localStorage, id: Math.random().toString(36).slice(2), clock: Date.now })
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
  sound: new AlarmSound(turn, () => preferences.volume.value),
  preferences,
  history: browserHistory(),
})

window.setInterval(() => state.tick(), 1000)
for (const gesture of ['click', 'keydown']) window.addEventListener(gesture, () => void state.alerts.alarm.allow(false))
followLinks(state.router)
effect(() => turn.sitDown(state.session.me.value?.officerId))
window.addEventListener('pagehide', () => turn.leave())
window.addEventListener('online', () => state.desk.networkIsBack())
render(<App state={state} />, document.getElementById('console')!)
void state.session.check()
