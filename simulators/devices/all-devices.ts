import { gt06Device } from './gt06.ts'
import { h02Device } from './h02.ts'
import { iwDevice } from './iw.ts'
import { jt808Device } from './jt808.ts'
import { laipacDevice } from './laipac.ts'
import { megastekDevice } from './megastek.ts'
import { modemHttpDevice } from './modem-http.ts'
import { owntracksDevice } from './owntracks.ts'
import { owntracksMqttDevice } from './owntracks-mqtt.ts'
import { r16hDevice } from './r16h.ts'
import { teltonikaDevice } from './teltonika.ts'
import { teltonikaUdpDevice } from './teltonika-udp.ts'
import { topinDevice } from './topin.ts'
import { traccarForward } from './traccar-forward.ts'
import { watchDevice } from './watch.ts'
import type { WireDevice, WireForm } from './wire-device.ts'
import { xexun3Device } from './xexun3.ts'

/** Every simulated device, with an id of the kind that it sends. */
export const WIRE_DEVICES: readonly { wire: WireDevice; idOf(number: number): string }[] = [
  { wire: gt06Device, idOf: imeiFrom('8600000001') },
  { wire: jt808Device, idOf: (number) => `8600${String(number).padStart(7, '0')}` },
  { wire: megastekDevice, idOf: imeiFrom('8600000002') },
  { wire: laipacDevice, idOf: (number) => String(86_000_000 + number) },
  { wire: r16hDevice, idOf: imeiFrom('8600000003') },
  { wire: xexun3Device, idOf: imeiFrom('8600000004') },
  { wire: iwDevice, idOf: imeiFrom('8600000005') },
  { wire: watchDevice, idOf: (number) => `86000${String(number).padStart(5, '0')}` },
  { wire: teltonikaDevice, idOf: imeiFrom('8600000006') },
  { wire: h02Device, idOf: (number) => `86001${String(number).padStart(5, '0')}` },
  { wire: owntracksDevice, idOf: (number) => `owntracks/b${number}/phone` },
]

const FORMS: readonly (readonly [WireForm, WireDevice])[] = [
  ['udp', teltonikaUdpDevice],
  ['mqtt', owntracksMqttDevice],
  ['topin', topinDevice],
  ['modem', modemHttpDevice],
  ['traccar', traccarForward],
]

/** Over UDP most say the same as over TCP. */
export function wireOf(protocol: WireDevice['protocol'], form?: WireForm): WireDevice {
  const formed = FORMS.find(([name, wire]) => name === form && wire.protocol === protocol)
  return formed?.[1] ?? WIRE_DEVICES.find(({ wire }) => wire.protocol === protocol)!.wire
}

function imeiFrom(prefix: string): (number: number) => string {
  return (number) => prefix + String(number).padStart(5, '0')
}
